import { Arg, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { taskNames } from '../words';
import { count, hex, optionalOrdinal, pageLimit, rowsOf, type Transaction } from './query';

@ObjectType({ description: 'Verdicts of a round by how they count' })
export class VerdictCounts {
  @Field(() => Int, { description: 'Work right and in time' })
  pass!: number;
  @Field(() => Int, { description: 'Counted for nobody' })
  neutral!: number;
  @Field(() => Int, { description: 'Not answered, or too late' })
  missed!: number;
  @Field(() => Int, { description: 'Answered wrongly' })
  fail!: number;
  @Field(() => Int, { description: 'No verdict yet' })
  pending!: number;
}

@ObjectType({ description: 'A measurement round as its reporter ran it' })
export class OracleRound {
  @Field(() => Int, { description: "Round number, counted from the oracle's genesis" })
  round!: number;
  @Field(() => Int, { description: 'Epoch it belongs to' })
  epoch!: number;
  @Field(() => String, { description: "Address of the reporter's account" })
  reporter!: string;
  @Field(() => String, { description: 'open, committed, anchoring, opening, closed or void' })
  state!: string;
  @Field(() => String, { nullable: true, description: `Task drawn by the round seed: ${taskNames}` })
  task!: string | null;
  @Field(() => Date, { nullable: true, description: 'When the challenges were sent' })
  sentAt!: Date | null;
  @Field(() => Date, { nullable: true, description: 'When the last verdict was given' })
  closedAt!: Date | null;
  @Field(() => Int, { nullable: true, description: 'Newest block when the round opened' })
  openBlock!: number | null;
  @Field(() => String, { nullable: true, description: 'Its hash' })
  openBlockHash!: string | null;
  @Field(() => String, { nullable: true, description: 'Random bytes first shown in CHALLENGE' })
  nonce!: string | null;
  @Field(() => String, { nullable: true, description: 'Merkle root over the commitments that came in time' })
  root!: string | null;
  @Field(() => Int, { nullable: true, description: 'Commitments under the root' })
  commitCount!: number | null;
  @Field(() => String, { nullable: true, description: 'Hash of the coin secret' })
  coinHash!: string | null;
  @Field(() => String, { nullable: true, description: 'The coin secret, once the anchor is final' })
  coinSecret!: string | null;
  @Field(() => Int, { nullable: true, description: 'Block that holds the anchor' })
  anchorBlock!: number | null;
  @Field(() => String, { nullable: true, description: 'Its hash' })
  anchorBlockHash!: string | null;
  @Field(() => String, { nullable: true, description: 'Transaction of the anchor' })
  anchorTx!: string | null;
  @Field(() => String, { nullable: true, description: 'Why the round is void, in words' })
  fault!: string | null;
  @Field(() => String, { description: 'Software that ran the round' })
  software!: string;
  @Field(() => VerdictCounts, { description: 'Verdicts by group' })
  verdicts!: VerdictCounts;
}

interface RoundRow {
  round: string;
  epoch: string;
  reporter: string;
  state: string;
  task: string | null;
  sent_at: Date | null;
  closed_at: Date | null;
  open_block: string | null;
  open_block_hash: Buffer | null;
  nonce: Buffer | null;
  root: Buffer | null;
  commit_count: number | null;
  coin_hash: Buffer | null;
  coin_secret: Buffer | null;
  anchor_block: string | null;
  anchor_block_hash: Buffer | null;
  anchor_tx: Buffer | null;
  fault: string | null;
  software: string;
  pass: number;
  neutral: number;
  missed: number;
  fail: number;
  pending: number;
}

// A round not yet sent would tell its start and its nonce; a coin secret before finality would tell the coins.
const roundsSql = `
  SELECT r.round, r.epoch, r.reporter, r.state, r.task, r.sent_at, r.closed_at, r.open_block, r.open_block_hash,
    r.nonce, r.root, r.commit_count, r.coin_hash, r.anchor_block, r.anchor_block_hash, r.anchor_tx, r.fault, r.software,
    CASE WHEN r.coins_sent_at IS NOT NULL AND r.state IN ('opening', 'closed') THEN r.coin_secret END AS coin_secret,
    v.*
  FROM oracle.rounds r
  CROSS JOIN LATERAL (
    SELECT
      count(*) FILTER (WHERE verdict_group = 'pass')::int AS pass,
      count(*) FILTER (WHERE verdict_group = 'neutral')::int AS neutral,
      count(*) FILTER (WHERE verdict_group = 'missed')::int AS missed,
      count(*) FILTER (WHERE verdict_group = 'fail')::int AS fail,
      count(*) FILTER (WHERE verdict IS NULL)::int AS pending
    FROM oracle.challenges c WHERE c.round = r.round
  ) v
  WHERE (r.sent_at IS NOT NULL OR r.state IN ('closed', 'void'))
    AND ($2::bigint IS NULL OR r.round < $2)
    AND ($3::bigint IS NULL OR r.epoch = $3)
  ORDER BY r.round DESC
  LIMIT $1`;

/** Rounds of the reporter whose database this is. */
@Resolver()
export class RoundsResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => [OracleRound], { description: 'Measurement rounds, newest first; page with beforeRound' })
  async rounds(
    @Arg('limit', () => Int, { defaultValue: 20, description: '1 to 100' }) limit: number,
    @Arg('beforeRound', () => Int, { nullable: true, description: 'Only rounds with a lower number' })
    beforeRound: number | null,
    @Arg('epoch', () => Int, { nullable: true, description: 'Only rounds of this epoch' }) epoch: number | null,
  ): Promise<OracleRound[]> {
    const rows = await rowsOf<RoundRow>(this.tx, roundsSql, [
      pageLimit(limit),
      optionalOrdinal('beforeRound', beforeRound),
      optionalOrdinal('epoch', epoch),
    ]);
    return rows.map((row) => ({
      round: Number(row.round),
      epoch: Number(row.epoch),
      reporter: row.reporter,
      state: row.state,
      task: row.task,
      sentAt: row.sent_at,
      closedAt: row.closed_at,
      openBlock: count(row.open_block),
      openBlockHash: hex(row.open_block_hash),
      nonce: hex(row.nonce),
      root: hex(row.root),
      commitCount: row.commit_count,
      coinHash: hex(row.coin_hash),
      coinSecret: hex(row.coin_secret),
      anchorBlock: count(row.anchor_block),
      anchorBlockHash: hex(row.anchor_block_hash),
      anchorTx: hex(row.anchor_tx),
      fault: row.fault,
      software: row.software,
      verdicts: { pass: row.pass, neutral: row.neutral, missed: row.missed, fail: row.fail, pending: row.pending },
    }));
  }
}
