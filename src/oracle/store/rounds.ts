import { insertChallenges } from './challenges';
import type { Database } from './database';
import { insert } from './insert';
import type { Challenge, Round, RoundAnchor, RoundCommitted, RoundOpening, RoundState } from './model';
import { bytesOf, type RoundRow, toRound } from './rows';
import { update } from './update';

const TABLE = 'rounds';

import { StatusStore } from './status';

const UNFINISHED = "state NOT IN ('closed', 'void')";
/** A round that is over is never moved again: two runners of one round (none is meant to be) cannot undo a verdict. */
const at = (ms: number) => new Date(ms);

/** Rows of oracle.rounds. Every write may run twice (the connection can break between commit and answer). */
export class RoundStore {
  constructor(private readonly db: Database) {}

  /** Writes a slot's round with its drawn start; an existing row stays as it is. */
  async schedule(round: {
    round: number;
    epoch: number;
    reporter: string;
    slotStartMs: number;
    slotEndMs: number;
    startOffsetMs: number;
    software: string;
  }): Promise<void> {
    const row = {
      round: round.round,
      epoch: round.epoch,
      reporter: round.reporter,
      state: 'scheduled',
      slot_start: at(round.slotStartMs),
      slot_end: at(round.slotEndMs),
      start_offset_ms: round.startOffsetMs,
      start_at: at(round.slotStartMs + round.startOffsetMs),
      software: round.software,
    };
    await insert(this.db, TABLE, [row], '(round) DO NOTHING');
  }

  async find(round: number): Promise<Round | undefined> {
    return (await this.rows('WHERE round = $1', [round]))[0];
  }

  /** Rounds that are neither closed nor void, oldest first. */
  async unfinished(): Promise<Round[]> {
    return this.rows(`WHERE ${UNFINISHED} ORDER BY round`, []);
  }

  /** Newest round written down. */
  async newest(): Promise<Round | undefined> {
    return (await this.rows('ORDER BY round DESC LIMIT 1', []))[0];
  }

  /** True when no other round of the epoch is unfinished. */
  async othersFinished(epoch: number, round: number): Promise<boolean> {
    const rows = await this.db.query(
      `SELECT 1 FROM oracle.rounds WHERE epoch = $1 AND round < $2 AND ${UNFINISHED} LIMIT 1`,
      [epoch, round],
    );
    return rows.length === 0;
  }

  /** Fixes what was drawn and every challenge, before any node learns of them. */
  async open(round: number, opening: RoundOpening, challenges: readonly Challenge[]): Promise<void> {
    await this.db.transaction(async (tx) => {
      const set = {
        state: 'open',
        task: opening.task,
        open_block: opening.openBlock,
        open_block_hash: bytesOf(opening.openBlockHash),
        open_block_time: at(opening.openBlockTimeMs),
        nonce: opening.nonce,
        coin_secret: opening.coinSecret,
        coin_hash: opening.coinHash,
        round_seed: opening.roundSeed,
      };
      const moved = await update(tx, TABLE, { round }, set, "state = 'scheduled'");
      if (moved === 1) await insertChallenges(tx, challenges);
    });
  }

  /** Notes when the challenges were sent and when the last commitment can count. */
  async sent(round: number, sentAtMs: number, commitEndMs: number): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx.query('UPDATE oracle.rounds SET sent_at = $2, commit_end_at = $3 WHERE round = $1', [
        round,
        at(sentAtMs),
        at(commitEndMs),
      ]);
      await tx.query(
        'UPDATE oracle.challenges SET sent_at = $2 WHERE round = $1 AND challenge_signature IS NOT NULL AND verdict IS NULL',
        [round, at(sentAtMs)],
      );
    });
  }

  /** Ends the commit phase: root, and which commitment is which leaf. */
  async commit(
    round: number,
    committed: RoundCommitted,
    leaves: readonly { nodeId: number; device: number }[],
  ): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx.query(
        `UPDATE oracle.rounds SET state = 'committed', root = $2, commit_count = $3 WHERE round = $1 AND state = 'open'`,
        [round, committed.root, committed.commitCount],
      );
      await tx.query(
        `UPDATE oracle.challenges c SET in_anchor = true, leaf_index = l.index - 1
         FROM unnest($2::bigint[], $3::smallint[]) WITH ORDINALITY AS l (node_id, device, index)
         WHERE c.round = $1 AND c.node_id = l.node_id AND c.device = l.device`,
        [round, leaves.map((leaf) => leaf.nodeId), leaves.map((leaf) => leaf.device)],
      );
    });
  }

  /** The anchor transaction is about to be sent. */
  async anchoring(round: number): Promise<void> {
    await this.move(round, 'anchoring', ['committed']);
  }

  /** The anchor is mined; not final yet. */
  async anchored(round: number, anchor: RoundAnchor): Promise<void> {
    await this.db.query(
      `UPDATE oracle.rounds SET anchor_tx = $2, anchor_block = $3, anchor_block_hash = $4, anchor_block_time = $5
       WHERE round = $1 AND state = 'anchoring'`,
      [
        round,
        anchor.txHash && bytesOf(anchor.txHash),
        anchor.blockNumber,
        bytesOf(anchor.blockHash),
        at(anchor.blockTimeMs),
      ],
    );
  }

  /** The anchor is final and coins go out; a later call only moves the deadline. */
  async opening(round: number, openDeadlineMs: number): Promise<void> {
    await this.db.query(
      `UPDATE oracle.rounds SET state = 'opening', coins_sent_at = coalesce(coins_sent_at, now()), open_deadline_at = $2
       WHERE round = $1 AND state IN ('anchoring', 'opening')`,
      [round, at(openDeadlineMs)],
    );
  }

  /** Ends a round: every challenge has its verdict. `fault` says why a round is void. */
  async finish(round: number, fault: string | null): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx.query(
        `UPDATE oracle.rounds SET state = $2, fault = $3, closed_at = now() WHERE round = $1 AND ${UNFINISHED}`,
        [round, fault === null ? 'closed' : 'void', fault],
      );
      await new StatusStore(tx).roundOver(round);
    });
  }

  private async move(round: number, state: RoundState, from: readonly RoundState[]): Promise<void> {
    await this.db.query('UPDATE oracle.rounds SET state = $2 WHERE round = $1 AND state = ANY ($3)', [
      round,
      state,
      from,
    ]);
  }

  private async rows(where: string, values: readonly unknown[]): Promise<Round[]> {
    return (await this.db.query<RoundRow>(`SELECT * FROM oracle.rounds ${where}`, values)).map(toRound);
  }
}
