import { Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { age } from '../plain-words';
import { Column, columnsOf } from './column';
import { rowsOf, type Transaction } from './query';
import { SquidStatusResolver } from './squid-status';

const ageSeconds = (time: string) => `extract(epoch FROM clock_timestamp() - ${time})`;

@ObjectType({ description: 'How fresh everything is, from the newest block to the newest proof' })
export class OracleHealth {
  @Field(() => Boolean, { description: 'True while nothing below is overdue' })
  ok!: boolean;
  @Field(() => String, { description: 'The same in words' })
  summary!: string;
  @Field(() => [String], { description: 'The same words, one sentence each' })
  words!: string[];
  @Column(() => Int, 's.head_block', { nullable: true, description: 'Newest block the oracle saw' })
  headBlock!: number | null;
  @Column(() => Float, ageSeconds('s.head_time'), { nullable: true, description: "That block's age, s" })
  headAgeSeconds!: number | null;
  @Field(() => Int, { nullable: true, description: 'Newest block in the index' })
  indexedBlock!: number | null;
  @Field(() => Int, { nullable: true, description: 'Blocks the index is behind the oracle' })
  indexLagBlocks!: number | null;
  @Column(() => Int, 's.last_round', { nullable: true, description: 'Newest round with all verdicts' })
  lastRound!: number | null;
  @Column(() => Date, 's.last_round_at', { nullable: true, description: 'When its last verdict was given' })
  lastRoundAt!: Date | null;
  @Column(() => Int, 's.last_proof_epoch', { nullable: true, description: 'Epoch of the newest proof' })
  lastProofEpoch!: number | null;
  @Column(() => Date, 's.last_proof_at', { nullable: true, description: 'When the proof was done' })
  lastProofAt!: Date | null;
  @Column(() => Float, 's.last_proof_seconds', { nullable: true, description: 'Time it took, s' })
  lastProofSeconds!: number | null;
  @Column(() => Date, 's.last_posting_at', { nullable: true, description: 'When a batch was last posted' })
  lastPostingAt!: Date | null;
  @Column(() => Float, 's.last_gas_per_score', { nullable: true, description: 'Gas per score of that posting' })
  lastGasPerScore!: number | null;
  @Column(() => String, 's.last_error', { nullable: true, description: 'What went wrong last' })
  lastError!: string | null;
  @Column(() => Date, 's.last_error_at', { nullable: true, description: 'When' })
  lastErrorAt!: Date | null;
}

/** What lateness is judged by, in seconds; null for what has not been yet. */
interface Pace {
  lastRoundAge: number | null;
  lastProofAge: number | null;
  lastErrorAge: number | null;
  slotSeconds: number | null;
  epochSeconds: number | null;
}

// How long slots and epochs are is seen in the rounds themselves: this server needs no chain.
const STATUS_SQL = `
  SELECT ${columnsOf(OracleHealth)},
    (${ageSeconds('s.last_round_at')})::float8 AS "lastRoundAge",
    (${ageSeconds('s.last_proof_at')})::float8 AS "lastProofAge",
    (${ageSeconds('s.last_error_at')})::float8 AS "lastErrorAge",
    t.*
  FROM status s
  LEFT JOIN LATERAL (
    SELECT extract(epoch FROM min(slot_end - slot_start))::float8 AS "slotSeconds",
      (extract(epoch FROM max(slot_start) - min(slot_start)) / nullif(max(epoch) - min(epoch), 0))::float8 AS "epochSeconds"
    FROM (SELECT epoch, slot_start, slot_end FROM rounds ORDER BY round DESC LIMIT 200) recent
  ) t ON true`;

/** Slots without a finished round, epochs without a proof, and seconds without a block, that count as overdue. */
const OVERDUE = { slots: 4, epochs: 4, headSeconds: 60, indexBlocks: 50 } as const;

/** Health of the oracle and of the index beside it. */
@Resolver()
export class HealthResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => OracleHealth, { description: 'Whether scores can be trusted to be fresh, with the numbers' })
  async oracleHealth(): Promise<OracleHealth> {
    const [status] = await rowsOf<OracleHealth & Pace>(this.tx, STATUS_SQL);
    if (!status) throw new Error('the status table has no row');
    const { height: indexedBlock } = await new SquidStatusResolver(this.tx).squidStatus();
    const { headBlock } = status;
    const indexLagBlocks = headBlock === null || indexedBlock === null ? null : Math.max(0, headBlock - indexedBlock);
    const { ok, words } = judge({ ...status, indexLagBlocks });
    return { ...status, indexedBlock, indexLagBlocks, ok, words, summary: words.join(' ') };
  }
}

/** One sentence per thing that can be late; all of them in time makes it ok. */
function judge(status: OracleHealth & Pace): { ok: boolean; words: string[] } {
  const words: string[] = [];
  let ok = true;
  const say = (late: boolean, sentence: string) => {
    words.push(late ? `${sentence}: overdue.` : `${sentence}.`);
    if (late) ok = false;
  };
  if (status.headAgeSeconds === null) say(true, 'The oracle has seen no block yet');
  else say(status.headAgeSeconds > OVERDUE.headSeconds, `The newest block is ${age(status.headAgeSeconds)} old`);

  if (status.indexLagBlocks === null) say(true, 'The index has no block yet');
  else say(status.indexLagBlocks > OVERDUE.indexBlocks, `The index is ${status.indexLagBlocks} blocks behind`);

  const slotSeconds = status.slotSeconds ?? Number.POSITIVE_INFINITY;
  if (status.lastRoundAge === null) say(false, 'No round has ended yet');
  else {
    say(
      status.lastRoundAge > OVERDUE.slots * slotSeconds,
      `The last round ended ${age(status.lastRoundAge)} ago, a slot takes ${age(slotSeconds)}`,
    );
  }
  const epochSeconds = status.epochSeconds ?? Number.POSITIVE_INFINITY;
  if (status.lastProofAge === null) say(false, 'No epoch has been proven yet');
  else {
    say(
      status.lastProofAge > OVERDUE.epochs * epochSeconds,
      `The last proof (epoch ${status.lastProofEpoch}) was made ${age(status.lastProofAge)} ago`,
    );
  }
  if (status.lastError !== null && status.lastErrorAge !== null) {
    words.push(`The last error was ${age(status.lastErrorAge)} ago: ${status.lastError}`);
  }
  return { ok, words };
}
