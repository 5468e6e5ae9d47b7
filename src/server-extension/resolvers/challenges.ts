import { Json } from '@subsquid/graphql-server';
import { Arg, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { VERDICT_CODES, VERDICTS, type VerdictCode } from '../../protocol/verdicts';
import { inputError } from '../errors';
import { sizeMeaning, taskNames } from '../words';
import { count, hex, optionalOrdinal, pageLimit, pageOffset, rowsOf, type Transaction } from './query';

@ObjectType({
  description: 'One challenge to one device of a node: what was asked, what came back, what was said of it',
})
export class OracleChallenge {
  @Field(() => Int, { description: 'Round' })
  round!: number;
  @Field(() => Int, { description: 'Epoch of the round' })
  epoch!: number;
  @Field(() => Int, { description: 'Node' })
  nodeId!: number;
  @Field(() => Int, { description: 'Device of the node, from 0' })
  device!: number;
  @Field(() => String, { description: taskNames })
  task!: string;
  @Field(() => Int, { description: sizeMeaning('n') })
  n!: number;
  @Field(() => Int, { description: sizeMeaning('w') })
  w!: number;
  @Field(() => Int, { description: sizeMeaning('T') })
  t!: number;
  @Field(() => Int, { description: `Samples: ${sizeMeaning('K', ' ', ', ')}` })
  k!: number;
  @Field(() => String, { description: "Seed of this device's task" })
  taskSeed!: string;
  @Field(() => Int, { description: "Time the class's reference card would take, ms" })
  expectedMs!: number;
  @Field(() => Int, { description: 'Time allowed, ms' })
  deadlineMs!: number;
  @Field(() => Date, { nullable: true, description: 'When it was sent; null for a node without a session' })
  sentAt!: Date | null;
  @Field(() => String, { nullable: true, description: 'What the node committed to, once the anchor is final' })
  commitment!: string | null;
  @Field(() => Int, { nullable: true, description: "Receipt minus send by the reporter's clock, ms" })
  elapsedMs!: number | null;
  @Field(() => Int, { nullable: true, description: "Place among the round's anchored commitments" })
  leafIndex!: number | null;
  @Field(() => String, { nullable: true, description: 'Code of the verdict; null while the round runs' })
  verdict!: string | null;
  @Field(() => String, { nullable: true, description: 'pass, neutral, missed or fail' })
  verdictGroup!: string | null;
  @Field(() => String, { nullable: true, description: 'What the code means' })
  meaning!: string | null;
  @Field(() => String, { nullable: true, description: 'Why, in this case' })
  reason!: string | null;
  @Field(() => Json, { description: 'The figures behind the verdict' })
  numbers!: unknown;
  @Field(() => Int, { nullable: true, description: 'Measured rate against the class reference, 1/10000' })
  perfBps!: number | null;
  @Field(() => Date, { nullable: true, description: 'When the verdict was given' })
  verdictAt!: Date | null;
}

export interface ChallengeRow {
  round: string;
  epoch: string;
  node_id: string;
  device: number;
  task: string;
  n: string;
  w: string;
  t: string;
  k: number;
  task_seed: Buffer;
  expected_ms: number;
  deadline_ms: number;
  sent_at: Date | null;
  commitment: Buffer | null;
  elapsed_ms: string | null;
  leaf_index: number | null;
  verdict: VerdictCode | null;
  verdict_group: string | null;
  reason: string | null;
  numbers: unknown;
  perf_bps: number | null;
  verdict_at: Date | null;
}

// Others' commitments and times stay hidden until the anchor fixed them. A task not yet sent is not shown.
export const challengesSql = `
  SELECT c.round, c.epoch, c.node_id, c.device, c.task, c.params->>'n' AS n, c.params->>'w' AS w,
    c.params->>'T' AS t, (c.params->>'K')::int AS k, c.task_seed, c.expected_ms, c.deadline_ms, c.sent_at,
    c.leaf_index, c.verdict, c.verdict_group, c.reason, c.numbers, c.perf_bps, c.verdict_at,
    CASE WHEN r.state IN ('opening', 'closed', 'void') THEN c.commitment END AS commitment,
    CASE WHEN r.state IN ('opening', 'closed', 'void') THEN c.elapsed_ms END AS elapsed_ms
  FROM oracle.challenges c JOIN oracle.rounds r ON r.round = c.round
  WHERE (r.sent_at IS NOT NULL OR r.state IN ('closed', 'void'))`;

/** A row as the API shows it. */
export function challengeOf(row: ChallengeRow): OracleChallenge {
  return {
    round: Number(row.round),
    epoch: Number(row.epoch),
    nodeId: Number(row.node_id),
    device: row.device,
    task: row.task,
    n: Number(row.n),
    w: Number(row.w),
    t: Number(row.t),
    k: row.k,
    taskSeed: hex(row.task_seed) ?? '',
    expectedMs: row.expected_ms,
    deadlineMs: row.deadline_ms,
    sentAt: row.sent_at,
    commitment: hex(row.commitment),
    elapsedMs: count(row.elapsed_ms),
    leafIndex: row.leaf_index,
    verdict: row.verdict,
    verdictGroup: row.verdict_group,
    meaning: row.verdict && VERDICTS[row.verdict].words,
    reason: row.reason,
    numbers: row.numbers,
    perfBps: row.perf_bps,
    verdictAt: row.verdict_at,
  };
}

/** Challenges of the reporter whose database this is. */
@Resolver()
export class ChallengesResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => [OracleChallenge], { description: 'Challenges with their verdicts, newest round first' })
  async challenges(
    @Arg('limit', () => Int, { defaultValue: 20, description: '1 to 100' }) limit: number,
    @Arg('offset', () => Int, { defaultValue: 0, description: '0 to 10000; further back page with beforeRound' })
    offset: number,
    @Arg('nodeId', () => Int, { nullable: true, description: 'Only challenges to this node' }) nodeId: number | null,
    @Arg('round', () => Int, { nullable: true, description: 'Only this round' }) round: number | null,
    @Arg('beforeRound', () => Int, { nullable: true, description: 'Only rounds with a lower number' })
    beforeRound: number | null,
    @Arg('verdict', () => String, { nullable: true, description: 'Only this verdict code' }) verdict: string | null,
  ): Promise<OracleChallenge[]> {
    if (verdict && !VERDICT_CODES.some((code) => code === verdict)) {
      throw inputError(`verdict ${JSON.stringify(verdict.slice(0, 50))} is none of ${VERDICT_CODES.join(', ')}`);
    }
    const rows = await rowsOf<ChallengeRow>(
      this.tx,
      `${challengesSql}
        AND ($3::bigint IS NULL OR c.node_id = $3) AND ($4::bigint IS NULL OR c.round = $4)
        AND ($5::bigint IS NULL OR c.round < $5) AND ($6::text IS NULL OR c.verdict = $6)
      ORDER BY c.round DESC, c.node_id, c.device
      LIMIT $1 OFFSET $2`,
      [
        pageLimit(limit),
        pageOffset(offset),
        optionalOrdinal('nodeId', nodeId),
        optionalOrdinal('round', round),
        optionalOrdinal('beforeRound', beforeRound),
        verdict,
      ],
    );
    return rows.map(challengeOf);
  }
}
