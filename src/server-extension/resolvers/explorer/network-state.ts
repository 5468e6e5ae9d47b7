import type { RewardStream } from '../../../protocol/rewards/stream';
import type { EpochClock } from '../../../protocol/uptime';
import { rowsOf, type Transaction } from '../query';
import type { Freshness } from './freshness';

/** What holds for the whole network in the state that a transaction sees, and what rules about rows start from. */
export interface NetworkState {
  freshness: Freshness;
  /** Time of the newest indexed block, seconds since 1970; null before the first */
  nowSeconds: bigint | null;
  /** null before the first event */
  stream: RewardStream | null;
  /** null until the contract's constants are in the index */
  clock: EpochClock | null;
  stakeCapWei: bigint | null;
  /** Whether histories and series go back to the beginning */
  isWhole: boolean;
}

interface StateRow {
  provenEpoch: number | null;
  provenAt: Date | null;
  rewardPerWeight: string | null;
  rewardPerWeightAt: string | null;
  emissionRate: string | null;
  emissionEndsAt: string | null;
  totalWeight: string | null;
  stakeCap: string | null;
  isWhole: boolean | null;
  indexedBlock: number | null;
  indexedTime: Date | null;
  chainBlock: number | null;
  chainTime: Date | null;
  seenAt: Date | null;
  genesisTime: string | null;
  epochSeconds: string | null;
}

const TABLES_SQL = `
  SELECT to_regclass('squid_processor.freshness') IS NOT NULL AS freshness,
    to_regclass('squid_processor.network_constants') IS NOT NULL AS constants`;
const NO_FRESHNESS =
  '(SELECT 0 AS id, NULL::int AS indexed_height, NULL::timestamptz AS indexed_time, NULL::int AS chain_height, NULL::timestamptz AS chain_time, NULL::timestamptz AS seen_at)';
const NO_CONSTANTS = '(SELECT 0 AS id, NULL::jsonb AS constants)';

/** A constant of the oracle as text: all of them together are too long to be read for each request. */
const constantOf = (name: string): string =>
  `jsonb_path_query_first(c.constants, '$[*] ? (@.contract == "ReputationOracle" && @.name == "${name}").value') #>> '{}'`;

const stateSql = ({ freshness, constants }: StateTables) => `
  SELECT n.last_proven_epoch AS "provenEpoch", n.last_proven_at AS "provenAt", n.reward_per_weight AS "rewardPerWeight",
    extract(epoch FROM n.reward_per_weight_at)::bigint AS "rewardPerWeightAt", n.emission_rate AS "emissionRate",
    extract(epoch FROM n.emission_ends_at)::bigint AS "emissionEndsAt", n.total_weight AS "totalWeight",
    n.stake_cap AS "stakeCap", n.histories_after_block = 0 AS "isWhole", f.indexed_height AS "indexedBlock",
    f.indexed_time AS "indexedTime", f.chain_height AS "chainBlock", f.chain_time AS "chainTime", f.seen_at AS "seenAt",
    ${constantOf('genesisTime')} AS "genesisTime", ${constantOf('epochSeconds')} AS "epochSeconds"
  FROM (SELECT 0 AS id) one
  LEFT JOIN network n ON n.id = 'dpin'
  LEFT JOIN ${freshness ? 'squid_processor.freshness' : NO_FRESHNESS} f ON f.id = one.id
  LEFT JOIN ${constants ? 'squid_processor.network_constants' : NO_CONSTANTS} c ON c.id = one.id`;

/** Which of the indexer's own tables there are. */
interface StateTables {
  freshness: boolean;
  constants: boolean;
}

/** Once there they stay, and need not be looked for again. */
let tables: StateTables = { freshness: false, constants: false };

/** A transaction sees one state, so what was read once in it holds. */
const STATES = new WeakMap<Transaction, Promise<NetworkState>>();

/** The state that a transaction sees, whichever of the indexer's tables there are. */
export function networkState(tx: Transaction): Promise<NetworkState> {
  const known = STATES.get(tx);
  if (known) return known;
  const state = readState(tx);
  STATES.set(tx, state);
  return state;
}

async function readState(tx: Transaction): Promise<NetworkState> {
  if (!tables.freshness || !tables.constants) {
    const [there] = await rowsOf<StateTables>(tx, TABLES_SQL);
    if (there) tables = there;
  }
  const [row] = await rowsOf<StateRow>(tx, stateSql(tables));
  if (!row) throw new Error('a row without a table always is');
  return {
    freshness: freshnessFrom(row),
    nowSeconds: secondsOf(row.indexedTime),
    stream: streamFrom(row),
    clock: clockFrom(row),
    stakeCapWei: row.stakeCap === null ? null : BigInt(row.stakeCap),
    isWhole: row.isWhole ?? false,
  };
}

/** How fresh the state is that a transaction sees. */
export async function freshnessOf(tx: Transaction): Promise<Freshness> {
  return (await networkState(tx)).freshness;
}

/** A time as the chain counts it; null for none. */
export function secondsOf(time: Date): bigint;
export function secondsOf(time: Date | null): bigint | null;
export function secondsOf(time: Date | null): bigint | null {
  return time && BigInt(Math.floor(time.getTime() / 1000));
}

/** Of a day. */
export const DAY_SECONDS = 86_400n;

/** The other way round. */
export const dateOf = (seconds: bigint): Date => new Date(Number(seconds) * 1000);

function freshnessFrom(row: StateRow): Freshness {
  const { provenEpoch, provenAt, indexedBlock, indexedTime, chainBlock, chainTime, seenAt } = row;
  const lag = (chain: number | null, indexed: number | null) =>
    chain === null || indexed === null ? null : Math.max(0, chain - indexed);
  const seconds = (time: Date | null) => time && Math.floor(time.getTime() / 1000);
  return {
    indexedBlock,
    indexedTime,
    chainBlock,
    chainTime,
    chainSeenAt: seenAt,
    lagBlocks: lag(chainBlock, indexedBlock),
    lagSeconds: lag(seconds(chainTime), seconds(indexedTime)),
    newestScoreObservedAt: provenAt,
    newestProvenEpoch: provenEpoch,
  };
}

function streamFrom(row: StateRow): RewardStream | null {
  const { rewardPerWeight, rewardPerWeightAt, emissionRate, emissionEndsAt, totalWeight } = row;
  if (rewardPerWeight === null || emissionRate === null || totalWeight === null) return null;
  return {
    rewardPerWeight: BigInt(rewardPerWeight),
    rewardPerWeightAt: rewardPerWeightAt === null ? null : BigInt(rewardPerWeightAt),
    ratePerSecond: BigInt(emissionRate),
    endsAt: emissionEndsAt === null ? null : BigInt(emissionEndsAt),
    totalWeight: BigInt(totalWeight),
  };
}

function clockFrom({ genesisTime, epochSeconds }: StateRow): EpochClock | null {
  if (!isWhole(genesisTime) || !isWhole(epochSeconds)) return null;
  const clock = { genesisTime: BigInt(genesisTime), epochSeconds: BigInt(epochSeconds) };
  return clock.epochSeconds > 0n ? clock : null;
}

const isWhole = (text: string | null): text is string => text !== null && /^\d{1,20}$/.test(text);
