import { Arg, Field, Int, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { epochAt, epochStart } from '../../../protocol/uptime';
import { rowsCost } from '../cost';
import { IndexOnly, ordinal, pageLimit, rowsOf, type Transaction } from '../query';
import { Freshness } from './freshness';
import { FIGURES, type FigureColumns, flowsBetween, levelsOf, NetworkFlows, NetworkLevels } from './network-figures';
import { DAY_SECONDS, dateOf, type NetworkState, networkState } from './network-state';
import { DEFAULT_PAGE } from './page';
import { key } from './values';

/** Number of all time before epoch 0. */
const ALL_BEFORE = -1;

export enum SeriesUnit {
  DAY = 'DAY',
  EPOCH = 'EPOCH',
}
registerEnumType(SeriesUnit, {
  name: 'SeriesUnit',
  description: 'DAY: by UTC; EPOCH: by the clock of the oracle contract',
});

@ObjectType({ description: 'The network in one period' })
export class NetworkPoint {
  @Field(() => Int, { description: 'Days since 1970-01-01, or epoch; -1 is all time before epoch 0' })
  number!: number;
  @Field(() => Date, { description: 'First moment of the period' })
  startsAt!: Date;
  @Field(() => NetworkLevels, { description: 'The network at its end, or now while it runs' })
  levels!: NetworkLevels;
  @Field(() => NetworkFlows, {
    nullable: true,
    description: 'What happened in it; null in the first period of an index whose histories do not go back further',
  })
  flows!: NetworkFlows | null;
}

@ObjectType({ description: 'The network over time' })
export class NetworkSeries {
  @Field(() => [NetworkPoint], {
    description: 'Periods, newest first, without gaps: one without an event keeps the levels and has no flows',
  })
  points!: NetworkPoint[];
  @Field(() => Freshness, { description: 'How fresh this is' })
  freshness!: Freshness;
}

interface PeriodRow extends FigureColumns {
  number: number;
}

/** Periods of a unit: where their rows are and when they begin. */
interface Periods {
  table: 'network_day' | 'network_epoch';
  /** Period of the newest indexed block */
  newest: number;
  startOf: (number: number) => Date;
}

/** Id of a row of a series. */
const periodKey = (number: number): string => (number < 0 ? '0' : key(number, 10));

const rowsSql = (table: Periods['table']): string => `
  SELECT n.number, ${FIGURES} FROM ${table} n WHERE n.id BETWEEN $1 AND $2
  UNION ALL
  (SELECT n.number, ${FIGURES} FROM ${table} n WHERE n.id < $1 ORDER BY n.id DESC LIMIT 1)
  ORDER BY number`;

/**
 * What flowed up to now since the end of the newest epoch that was over at a time, and when that was.
 * @returns null where the series does not tell
 */
export async function flowsSince(
  tx: Transaction,
  { clock, isWhole }: NetworkState,
  seconds: bigint,
  now: NetworkFlows,
): Promise<{ fromAt: Date; flows: NetworkFlows } | null> {
  if (clock === null) return null;
  const first = epochAt(clock, seconds);
  const [before] = await rowsOf<PeriodRow>(
    tx,
    `SELECT n.number, ${FIGURES} FROM network_epoch n WHERE n.id < $1 ORDER BY n.id DESC LIMIT 1`,
    [periodKey(Number(first))],
  );
  if (!before && !isWhole) return null;
  return { fromAt: dateOf(epochStart(clock, first)), flows: flowsBetween(before ?? null, now) };
}

@Resolver()
export class SeriesResolver {
  constructor(private readonly tx: Transaction) {}

  @IndexOnly()
  @Query(() => NetworkSeries, {
    description: 'The network by day or epoch, newest first',
    complexity: rowsCost(DEFAULT_PAGE),
  })
  async networkSeries(
    @Arg('unit', () => SeriesUnit, { description: 'What a period is' }) unit: SeriesUnit,
    @Arg('before', () => Int, { nullable: true, description: 'Only periods with a lower number' }) before:
      | number
      | null,
    @Arg('limit', () => Int, { defaultValue: DEFAULT_PAGE, description: '1 to 100' }) limit: number,
  ): Promise<NetworkSeries> {
    const rows = pageLimit(limit);
    const below = typeof before === 'number' ? ordinal('before', before) : null;
    const state = await networkState(this.tx);
    const periods = periodsOf(unit, state);
    if (periods === null) return { points: [], freshness: state.freshness };
    const last = below === null ? periods.newest : Math.min(below - 1, periods.newest);
    const first = Math.max(last - rows + 1, ALL_BEFORE);
    const found = await rowsOf<PeriodRow>(this.tx, rowsSql(periods.table), [periodKey(first), periodKey(last)]);
    return { points: pointsOf(found, { first, last }, periods, state), freshness: state.freshness };
  }
}

/**
 * Points of all periods from the first to the last, newest first; those before the first row are left out.
 * @param rows by number, and before them the newest earlier one
 */
function pointsOf(
  rows: readonly PeriodRow[],
  { first, last }: { first: number; last: number },
  { startOf }: Periods,
  { isWhole }: NetworkState,
): NetworkPoint[] {
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  let before = rows.find(({ number }) => number < first) ?? null;
  const points: NetworkPoint[] = [];
  for (let number = first; number <= last; number++) {
    const row = byNumber.get(number) ?? before;
    if (row === null) continue;
    const flows = before === null && !isWhole ? null : flowsBetween(before, row);
    points.push({ number, startsAt: startOf(number), levels: levelsOf(row), flows });
    before = row;
  }
  return points.reverse();
}

/** @returns null before the first block, or for epochs until the contract's clock is known */
function periodsOf(unit: SeriesUnit, { nowSeconds, clock }: NetworkState): Periods | null {
  if (nowSeconds === null) return null;
  if (unit === SeriesUnit.DAY) {
    const startOf = (day: number) => dateOf(BigInt(day) * DAY_SECONDS);
    return { table: 'network_day', newest: Number(nowSeconds / DAY_SECONDS), startOf };
  }
  if (clock === null) return null;
  const startOf = (epoch: number) => (epoch < 0 ? dateOf(0n) : dateOf(epochStart(clock, BigInt(epoch))));
  return { table: 'network_epoch', newest: Number(epochAt(clock, nowSeconds)), startOf };
}
