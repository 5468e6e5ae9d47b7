import { Arg, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { taskNames } from '../plain-words';
import { Column, columnsOf, hex } from './column';
import { rowsCost } from './cost';
import { DEFAULT_LIMIT, optionalOrdinal, pageLimit, select, type Transaction } from './query';

@ObjectType({ description: 'Verdicts of a round by how they count' })
export class VerdictCounts {
  @Column(() => Int, "count(*) FILTER (WHERE c.verdict_group = 'pass')", { description: 'Work right and in time' })
  pass!: number;
  @Column(() => Int, "count(*) FILTER (WHERE c.verdict_group = 'neutral')", { description: 'Counted for nobody' })
  neutral!: number;
  @Column(() => Int, "count(*) FILTER (WHERE c.verdict_group = 'missed')", { description: 'Not answered, or too late' })
  missed!: number;
  @Column(() => Int, "count(*) FILTER (WHERE c.verdict_group = 'fail')", { description: 'Answered wrongly' })
  fail!: number;
  @Column(() => Int, 'count(*) FILTER (WHERE c.verdict IS NULL)', { description: 'No verdict yet' })
  pending!: number;
}

// Before the anchor is final it would tell the coins.
const PUBLIC_COIN_SECRET =
  "CASE WHEN r.coins_sent_at IS NOT NULL AND r.state IN ('opening', 'closed') THEN r.coin_secret END";

@ObjectType({ description: 'A measurement round as its reporter ran it' })
export class OracleRound {
  @Column(() => Int, 'r.round', { description: "Round number, counted from the oracle's genesis" })
  round!: number;
  @Column(() => Int, 'r.epoch', { description: 'Epoch it belongs to' })
  epoch!: number;
  @Column(() => String, 'r.reporter', { description: "Address of the reporter's account" })
  reporter!: string;
  @Column(() => String, 'r.state', { description: 'open, committed, anchoring, opening, closed or void' })
  state!: string;
  @Column(() => String, 'r.task', {
    nullable: true,
    description: `Task drawn by the round seed: ${taskNames}`,
  })
  task!: string | null;
  @Column(() => Date, 'r.sent_at', { nullable: true, description: 'When the challenges were sent' })
  sentAt!: Date | null;
  @Column(() => Date, 'r.closed_at', { nullable: true, description: 'When the last verdict was given' })
  closedAt!: Date | null;
  @Column(() => Int, 'r.open_block', { nullable: true, description: 'Newest block when the round opened' })
  openBlock!: number | null;
  @Column(() => String, hex('r.open_block_hash'), { nullable: true, description: 'Its hash' })
  openBlockHash!: string | null;
  @Column(() => String, hex('r.nonce'), { nullable: true, description: 'Random bytes first shown in CHALLENGE' })
  nonce!: string | null;
  @Column(() => String, hex('r.root'), {
    nullable: true,
    description: 'Merkle root over the commitments that came in time',
  })
  root!: string | null;
  @Column(() => Int, 'r.commit_count', { nullable: true, description: 'Commitments under the root' })
  commitCount!: number | null;
  @Column(() => String, hex('r.coin_hash'), { nullable: true, description: 'Hash of the coin secret' })
  coinHash!: string | null;
  @Column(() => String, hex(PUBLIC_COIN_SECRET), {
    nullable: true,
    description: 'The coin secret, once the anchor is final',
  })
  coinSecret!: string | null;
  @Column(() => Int, 'r.anchor_block', { nullable: true, description: 'Block that holds the anchor' })
  anchorBlock!: number | null;
  @Column(() => String, hex('r.anchor_block_hash'), { nullable: true, description: 'Its hash' })
  anchorBlockHash!: string | null;
  @Column(() => String, hex('r.anchor_tx'), { nullable: true, description: 'Transaction of the anchor' })
  anchorTx!: string | null;
  @Column(() => String, '(SELECT a.id FROM round_anchor a WHERE a.round = r.round)', {
    nullable: true,
    description: 'Its anchor in the index, once it is there: roundAnchorById(id: …)',
  })
  roundAnchorId!: string | null;
  @Column(() => String, 'r.fault', { nullable: true, description: 'Why the round is void, in words' })
  fault!: string | null;
  @Column(() => String, 'r.software', { description: 'Software that ran the round' })
  software!: string;
  @Column(() => VerdictCounts, 'to_json(v)', { description: 'Verdicts by group' })
  verdicts!: VerdictCounts;
}

// A round not yet sent would tell its start and its nonce.
const FROM_ROUNDS = `
  FROM rounds r
  CROSS JOIN LATERAL (SELECT ${columnsOf(VerdictCounts)} FROM challenges c WHERE c.round = r.round) v
  WHERE (r.sent_at IS NOT NULL OR r.state IN ('closed', 'void'))
    AND ($2::bigint IS NULL OR r.round < $2)
    AND ($3::bigint IS NULL OR r.epoch = $3)
  ORDER BY r.round DESC
  LIMIT $1`;

@Resolver()
export class RoundsResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => [OracleRound], {
    description: 'Measurement rounds, newest first; page with beforeRound',
    complexity: rowsCost(DEFAULT_LIMIT),
  })
  async rounds(
    @Arg('limit', () => Int, { defaultValue: DEFAULT_LIMIT, description: '1 to 100' }) limit: number,
    @Arg('beforeRound', () => Int, { nullable: true, description: 'Only rounds with a lower number' })
    beforeRound: number | null,
    @Arg('epoch', () => Int, { nullable: true, description: 'Only rounds of this epoch' }) epoch: number | null,
  ): Promise<OracleRound[]> {
    return select(this.tx, OracleRound, FROM_ROUNDS, [
      pageLimit(limit),
      optionalOrdinal('beforeRound', beforeRound),
      optionalOrdinal('epoch', epoch),
    ]);
  }
}
