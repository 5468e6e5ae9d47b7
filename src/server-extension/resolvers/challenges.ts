import { Json } from '@subsquid/graphql-server';
import { Arg, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { faultOwner, VERDICT_CODES, VERDICTS, type VerdictCode } from '../../protocol/verdicts';
import { inputError } from '../errors';
import { sizeMeaning, taskNames } from '../plain-words';
import { Column, hex } from './column';
import { rowsCost } from './cost';
import { evidenceUrl } from './evidence';
import { DEFAULT_LIMIT, optionalOrdinal, pageLimit, pageOffset, select, type Transaction } from './query';

// Others' commitments and times stay hidden until the anchor fixed them.
const onceAnchored = (sql: string) => `CASE WHEN r.state IN ('opening', 'closed', 'void') THEN ${sql} END`;
// Who knows the hash of a reveal can fetch it: nobody gets another's before it is judged.
const onceJudged = (sql: string) => `CASE WHEN c.verdict IS NOT NULL THEN ${sql} END`;
const TRANSCRIPT = `(SELECT t.sha256 FROM transcripts t
      WHERE (t.round, t.node_id, t.device) = (c.round, c.node_id, c.device))`;

@ObjectType({
  description: 'One challenge to one device of a node: what was asked, what came back, what was said of it',
})
export class OracleChallenge {
  @Column(() => Int, 'c.round', { description: 'Round' })
  round!: number;
  @Column(() => Int, 'c.epoch', { description: 'Epoch of the round' })
  epoch!: number;
  @Column(() => Int, 'c.node_id', { description: 'Node' })
  nodeId!: number;
  @Column(() => Int, 'c.device', { description: 'Device of the node, from 0' })
  device!: number;
  @Column(() => String, 'c.task', { description: taskNames })
  task!: string;
  @Column(() => Int, "c.params -> 'n'", { description: sizeMeaning('n') })
  n!: number;
  @Column(() => Int, "c.params -> 'w'", { description: sizeMeaning('w') })
  w!: number;
  @Column(() => Int, "c.params -> 'T'", { description: sizeMeaning('T') })
  t!: number;
  @Column(() => Int, "c.params -> 'K'", { description: `Samples: ${sizeMeaning('K', ' ', ', ')}` })
  k!: number;
  @Column(() => String, hex('c.task_seed'), { description: "Seed of this device's task" })
  taskSeed!: string;
  @Column(() => Int, 'c.expected_ms', {
    description: "Time expected at the rate of the device's last accepted gemm task, else at the class's reference, ms",
  })
  expectedMs!: number;
  @Column(() => Int, 'c.deadline_ms', { description: 'Time allowed, ms' })
  deadlineMs!: number;
  @Column(() => Date, 'c.sent_at', {
    nullable: true,
    description: 'When it was sent; null for a node without a session',
  })
  sentAt!: Date | null;
  @Column(() => String, hex(onceAnchored('c.commitment')), {
    nullable: true,
    description: 'What the node committed to, once the anchor is final',
  })
  commitment!: string | null;
  @Column(() => Int, onceAnchored('c.elapsed_ms'), {
    nullable: true,
    description: "Receipt minus send by the reporter's clock, ms",
  })
  elapsedMs!: number | null;
  @Column(() => Int, 'c.leaf_index', { nullable: true, description: "Place among the round's anchored commitments" })
  leafIndex!: number | null;
  @Column(() => String, 'c.verdict', { nullable: true, description: 'Code of the verdict; null while the round runs' })
  verdict!: VerdictCode | null;
  @Column(() => String, 'c.verdict_group', { nullable: true, description: 'pass, neutral, missed or fail' })
  verdictGroup!: string | null;
  @Field(() => String, { nullable: true, description: 'What the code means' })
  get meaning(): string | null {
    return this.verdict && VERDICTS[this.verdict].words;
  }
  @Column(() => String, 'c.reason', { nullable: true, description: 'Why, in this case' })
  reason!: string | null;
  @Column(() => Json, 'c.numbers', { description: 'The figures behind the verdict' })
  numbers!: unknown;
  @Column(() => Json, 'c.facts', {
    nullable: true,
    description: 'What was recorded and decided the verdict: when what came, and when the reporter was absent',
  })
  facts!: { busy?: unknown; revealMs?: unknown } | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Whose fault it is that the challenge did not pass. node: what the node sent proves it; oracle: the reporter could ' +
      'not do its part; network: nothing came, or it came late, and the reporter cannot tell the node from the network ' +
      'between them; null for a pass, an excuse, and while the round runs',
  })
  get faultOwner(): string | null {
    const { busy, revealMs } = this.facts ?? {};
    return this.verdict && faultOwner(this.verdict, { busy: busy != null, revealed: revealMs != null });
  }
  @Column(() => Int, 'c.perf_bps', {
    nullable: true,
    description: 'Measured rate against the class reference, 1/10000',
  })
  perfBps!: number | null;
  @Column(() => String, hex(onceJudged('c.opening_digest')), {
    nullable: true,
    description: 'SHA-256 of what the node revealed, once its verdict is given',
  })
  revealSha256!: string | null;
  @Column(() => String, evidenceUrl(onceJudged('c.opening_digest')), {
    nullable: true,
    description: 'Where the reveal can be fetched, at least as long as the challenge window',
  })
  revealUrl!: string | null;
  @Column(() => String, hex(TRANSCRIPT), {
    nullable: true,
    description: 'SHA-256 of the transcript, the public record of this challenge, once its verdict is given',
  })
  transcriptSha256!: string | null;
  @Column(() => String, evidenceUrl(TRANSCRIPT), {
    nullable: true,
    description: 'Where the transcript can be fetched, at least as long as the challenge window',
  })
  transcriptUrl!: string | null;
  @Column(() => Date, 'c.verdict_at', { nullable: true, description: 'When the verdict was given' })
  verdictAt!: Date | null;
}

// A task not yet sent is not shown.
export const FROM_CHALLENGES = `
  FROM challenges c JOIN rounds r ON r.round = c.round
  WHERE (r.sent_at IS NOT NULL OR r.state IN ('closed', 'void'))`;

@Resolver()
export class ChallengesResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => [OracleChallenge], {
    description: 'Challenges with their verdicts, newest round first',
    complexity: rowsCost(DEFAULT_LIMIT),
  })
  async challenges(
    @Arg('limit', () => Int, { defaultValue: DEFAULT_LIMIT, description: '1 to 100' }) limit: number,
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
    return select(
      this.tx,
      OracleChallenge,
      `${FROM_CHALLENGES}
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
  }
}
