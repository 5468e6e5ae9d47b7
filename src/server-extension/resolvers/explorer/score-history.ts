import { BigInteger } from '@subsquid/graphql-server';
import { Arg, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { FAULT_OWNERS, type FaultOwner, faultOwner, type VerdictCode } from '../../../protocol/verdicts';
import { scoreChangeWords } from '../../plain-words';
import { rowsCost } from '../cost';
import { ordinal, rowsOf, type Transaction } from '../query';
import { ScoreOutcome, ScoreStatus } from './enums';
import { countedOf, DEFAULT_PAGE, type Listing, Page, readPage } from './page';
import { hasReporterTables } from './reporter-tables';
import { nodeKey } from './values';

@ObjectType({
  description:
    "Challenges of an epoch that did not pass, by whose fault they are. node: what the node sent proves it; oracle: this reporter's; " +
    'network: nothing came, or it came late, and the reporter cannot tell the node from the network between them',
})
export class FaultCounts {
  @Field(() => Int, { description: "The node's" })
  node!: number;
  @Field(() => Int, { description: "This reporter's; they do not count against the node" })
  oracle!: number;
  @Field(() => Int, { description: "The node's or the network's: it cannot be told" })
  network!: number;
}

@ObjectType({ description: "A node's rounds of one epoch as this reporter held them" })
export class EpochRounds {
  @Field(() => Int, { description: 'Rounds held' })
  held!: number;
  @Field(() => Int, { description: 'Work right and in time' })
  passed!: number;
  @Field(() => Int, { description: 'Counted for nobody' })
  neutral!: number;
  @Field(() => Int, { description: 'Not answered, or too late' })
  missed!: number;
  @Field(() => Int, { description: 'Answered wrongly' })
  failed!: number;
  @Field(() => FaultCounts, {
    nullable: true,
    description:
      'Whose fault challenges were that did not pass; null once challenges of the epoch are too old to be kept',
  })
  faults!: FaultCounts | null;
}

@ObjectType({ description: "A proven change of a node's score, or of the state behind it" })
export class ScoreStep {
  @Field(() => Int, { description: 'Epoch whose measurements were proven' })
  epoch!: number;
  @Field(() => Date, { description: 'End of that epoch' })
  observedAt!: Date;
  @Field(() => ScoreOutcome, { description: 'What the quorum said about the node' })
  outcome!: ScoreOutcome;
  @Field(() => Int, { description: 'Score before, basis points' })
  previousScoreBps!: number;
  @Field(() => Int, { description: 'Score after, basis points' })
  scoreBps!: number;
  @Field(() => ScoreStatus, { description: 'Standing before' })
  previousStatus!: ScoreStatus;
  @Field(() => ScoreStatus, { description: 'Standing after' })
  status!: ScoreStatus;
  @Field(() => String, { description: 'Why the score moved, in words' })
  reason!: string;
  @Field(() => BigInteger, { description: 'Decayed count of passed epochs after, 16.16 fixed point' })
  alpha!: string;
  @Field(() => BigInteger, { description: 'Decayed, weighted count of failed epochs after, 16.16 fixed point' })
  beta!: string;
  @Field(() => EpochRounds, {
    nullable: true,
    description: "The node's rounds of the epoch; null where this reporter measured nothing, or has no tables here",
  })
  rounds!: EpochRounds | null;
}

@ObjectType({ description: 'Changes of a score, newest first' })
export class ScoreHistoryPage extends Page {
  @Field(() => [ScoreStep], { description: 'Changes of the page' })
  rows!: ScoreStep[];
}

type ChangeRow = Omit<ScoreStep, 'reason' | 'rounds'>;

const CHANGE_COLUMNS = `c.epoch, c.observed_at AS "observedAt", c.outcome, c.previous_score_bps AS "previousScoreBps",
  c.score_bps AS "scoreBps", c.previous_status AS "previousStatus", c.status, c.alpha, c.beta`;

interface VerdictsRow {
  epoch: number;
  verdict: VerdictCode;
  busy: boolean;
  revealed: boolean;
  count: number;
  rounds: number[];
}

@Resolver()
export class ScoreHistoryResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => ScoreHistoryPage, {
    description: "A node's score history with the reason of each change, newest first",
    complexity: rowsCost(DEFAULT_PAGE),
  })
  async nodeScoreHistory(
    @Arg('nodeId', () => Int, { description: 'nodeId as contracts use it' }) nodeId: number,
    @Arg('after', () => String, { nullable: true, description: 'endCursor of the page before' }) after: string | null,
    @Arg('limit', () => Int, { defaultValue: DEFAULT_PAGE, description: '1 to 100' }) limit: number,
  ): Promise<ScoreHistoryPage> {
    const listing: Listing = {
      columns: CHANGE_COLUMNS,
      from: 'FROM score_change c',
      where: ['c.node_id = $1'],
      parameters: [nodeKey(ordinal('nodeId', nodeId))],
      keys: [{ sql: 'c.id', type: 'text' }],
      direction: 'DESC',
    };
    const page = await readPage<ChangeRow>(this.tx, listing, { after, limit });
    const rounds = await this.roundsOf(
      nodeId,
      page.rows.map(({ epoch }) => epoch),
    );
    const rows = page.rows.map((row) => ({
      ...row,
      reason: scoreChangeWords(row),
      rounds: rounds.get(row.epoch) ?? null,
    }));
    return Object.assign(new ScoreHistoryPage(this.tx, page, countedOf(listing)), { rows });
  }

  private async roundsOf(nodeId: number, epochs: number[]): Promise<Map<number, EpochRounds>> {
    if (epochs.length === 0 || !(await hasReporterTables(this.tx))) return new Map();
    const measurements = await rowsOf<Omit<EpochRounds, 'faults'> & { epoch: number }>(
      this.tx,
      `SELECT m.epoch::int, m.rounds AS held, m.passed, m.neutral, m.missed, m.failed
       FROM measurements m WHERE m.node_id = $1 AND m.epoch = ANY($2::bigint[])`,
      [nodeId, epochs],
    );
    const verdicts = await rowsOf<VerdictsRow>(
      this.tx,
      `SELECT c.epoch::int, c.verdict, c.facts ->> 'busy' IS NOT NULL AS busy,
         c.facts ->> 'revealMs' IS NOT NULL AS revealed, count(*)::int AS count,
         array_agg(DISTINCT c.round::int) AS rounds
       FROM challenges c WHERE c.node_id = $1 AND c.epoch = ANY($2::bigint[]) AND c.verdict IS NOT NULL
       GROUP BY 1, 2, 3, 4`,
      [nodeId, epochs],
    );
    return new Map(
      measurements.map(({ epoch, ...rounds }) => {
        const kept = verdicts.filter((row) => row.epoch === epoch);
        const isWhole = new Set(kept.flatMap((row) => row.rounds)).size >= rounds.held;
        return [epoch, { ...rounds, faults: isWhole ? faultCounts(kept) : null }];
      }),
    );
  }
}

function faultCounts(verdicts: readonly VerdictsRow[]): FaultCounts {
  const counts = Object.fromEntries(FAULT_OWNERS.map((owner) => [owner, 0])) as Record<FaultOwner, number>;
  for (const { verdict, busy, revealed, count } of verdicts) {
    const owner = faultOwner(verdict, { busy, revealed });
    if (owner) counts[owner] += count;
  }
  return counts;
}
