import { Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { age } from '../words';
import { count, rowsOf, type Transaction } from './query';
import { SquidStatusResolver } from './squid-status';

@ObjectType({ description: 'How fresh everything is, from the newest block to the newest proof' })
export class OracleHealth {
  @Field(() => Boolean, { description: 'True while nothing below is overdue' })
  ok!: boolean;
  @Field(() => String, { description: 'The same in words' })
  summary!: string;
  @Field(() => [String], { description: 'The same words, one sentence each' })
  words!: string[];
  @Field(() => Int, { nullable: true, description: 'Newest block the oracle saw' })
  headBlock!: number | null;
  @Field(() => Float, { nullable: true, description: "That block's age, s" })
  headAgeSeconds!: number | null;
  @Field(() => Int, { nullable: true, description: 'Newest block in the index' })
  indexedBlock!: number | null;
  @Field(() => Int, { nullable: true, description: 'Blocks the index is behind the oracle' })
  indexLagBlocks!: number | null;
  @Field(() => Int, { nullable: true, description: 'Newest round with all verdicts' })
  lastRound!: number | null;
  @Field(() => Date, { nullable: true, description: 'When its last verdict was given' })
  lastRoundAt!: Date | null;
  @Field(() => Int, { nullable: true, description: 'Epoch of the newest proof' })
  lastProofEpoch!: number | null;
  @Field(() => Date, { nullable: true, description: 'When the proof was done' })
  lastProofAt!: Date | null;
  @Field(() => Float, { nullable: true, description: 'Time it took, s' })
  lastProofSeconds!: number | null;
  @Field(() => Date, { nullable: true, description: 'When a batch was last posted' })
  lastPostingAt!: Date | null;
  @Field(() => Float, { nullable: true, description: 'Gas per score of that posting' })
  lastGasPerScore!: number | null;
  @Field(() => String, { nullable: true, description: 'What went wrong last' })
  lastError!: string | null;
  @Field(() => Date, { nullable: true, description: 'When' })
  lastErrorAt!: Date | null;
}

interface StatusRow {
  head_block: string | null;
  head_age: number | null;
  last_round: string | null;
  last_round_at: Date | null;
  last_round_age: number | null;
  last_proof_epoch: string | null;
  last_proof_at: Date | null;
  last_proof_age: number | null;
  last_proof_seconds: string | null;
  last_posting_at: Date | null;
  last_gas_per_score: string | null;
  last_error: string | null;
  last_error_at: Date | null;
  last_error_age: number | null;
  slot_seconds: number | null;
  epoch_seconds: number | null;
}

const ageOf = (column: string, alias: string) =>
  `extract(epoch FROM clock_timestamp() - ${column})::float8 AS ${alias}`;

// How long slots and epochs are is seen in the rounds themselves: this server needs no chain.
const statusSql = `
  SELECT s.head_block, ${ageOf('s.head_time', 'head_age')},
    s.last_round, s.last_round_at, ${ageOf('s.last_round_at', 'last_round_age')},
    s.last_proof_epoch, s.last_proof_at, ${ageOf('s.last_proof_at', 'last_proof_age')}, s.last_proof_seconds,
    s.last_posting_at, s.last_gas_per_score, s.last_error, s.last_error_at, ${ageOf('s.last_error_at', 'last_error_age')},
    t.slot_seconds, t.epoch_seconds
  FROM oracle.status s
  LEFT JOIN LATERAL (
    SELECT extract(epoch FROM min(slot_end - slot_start))::float8 AS slot_seconds,
      (extract(epoch FROM max(slot_start) - min(slot_start)) / nullif(max(epoch) - min(epoch), 0))::float8 AS epoch_seconds
    FROM (SELECT epoch, slot_start, slot_end FROM oracle.rounds ORDER BY round DESC LIMIT 200) recent
  ) t ON true`;

/** Slots without a finished round, epochs without a proof, and seconds without a block, that count as overdue. */
const overdue = { slots: 4, epochs: 4, headSeconds: 60, indexBlocks: 50 } as const;

/** Health of the reporter whose database this is, and of the index beside it. */
@Resolver()
export class HealthResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => OracleHealth, { description: 'Whether scores can be trusted to be fresh, with the numbers' })
  async oracleHealth(): Promise<OracleHealth> {
    const [status] = await rowsOf<StatusRow>(this.tx, statusSql);
    if (!status) throw new Error('oracle.status has no row');
    const { height: indexedBlock } = await new SquidStatusResolver(this.tx).squidStatus();
    const headBlock = count(status.head_block);
    const indexLagBlocks = headBlock === null || indexedBlock === null ? null : Math.max(0, headBlock - indexedBlock);
    const { ok, words } = judge(status, indexLagBlocks);
    return {
      ok,
      summary: words.join(' '),
      words,
      headBlock,
      headAgeSeconds: status.head_age,
      indexedBlock,
      indexLagBlocks,
      lastRound: count(status.last_round),
      lastRoundAt: status.last_round_at,
      lastProofEpoch: count(status.last_proof_epoch),
      lastProofAt: status.last_proof_at,
      lastProofSeconds: count(status.last_proof_seconds),
      lastPostingAt: status.last_posting_at,
      lastGasPerScore: count(status.last_gas_per_score),
      lastError: status.last_error,
      lastErrorAt: status.last_error_at,
    };
  }
}

/** One sentence per thing that can be late; all of them in time makes it ok. */
function judge(status: StatusRow, indexLagBlocks: number | null): { ok: boolean; words: string[] } {
  const words: string[] = [];
  let ok = true;
  const say = (late: boolean, sentence: string) => {
    words.push(late ? `${sentence}: overdue.` : `${sentence}.`);
    if (late) ok = false;
  };
  if (status.head_age === null) say(true, 'The oracle has seen no block yet');
  else say(status.head_age > overdue.headSeconds, `The newest block is ${age(status.head_age)} old`);

  if (indexLagBlocks === null) say(true, 'The index has no block yet');
  else say(indexLagBlocks > overdue.indexBlocks, `The index is ${indexLagBlocks} blocks behind`);

  const slotSeconds = status.slot_seconds ?? Number.POSITIVE_INFINITY;
  if (status.last_round_age === null) say(false, 'No round has ended yet');
  else {
    say(
      status.last_round_age > overdue.slots * slotSeconds,
      `The last round ended ${age(status.last_round_age)} ago, a slot takes ${age(slotSeconds)}`,
    );
  }
  const epochSeconds = status.epoch_seconds ?? Number.POSITIVE_INFINITY;
  if (status.last_proof_age === null) say(false, 'No epoch has been proven yet');
  else {
    say(
      status.last_proof_age > overdue.epochs * epochSeconds,
      `The last proof (epoch ${status.last_proof_epoch}) was made ${age(status.last_proof_age)} ago`,
    );
  }
  if (status.last_error !== null && status.last_error_age !== null) {
    words.push(`The last error was ${age(status.last_error_age)} ago: ${status.last_error}`);
  }
  return { ok, words };
}
