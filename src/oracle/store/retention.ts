import type { Database } from './database';
import { IS_EPOCH_OVER } from './epochs';
import { IS_OVER } from './rounds';

/** Rows that one statement takes from a table that has no rounds to go by. */
const ROWS_AT_ONCE = 5_000;
/** Rounds looked up at once; each is deleted in a transaction of its own. */
const ROUNDS_AT_ONCE = 100;
const DAY_MS = 86_400_000;

/** How much went. */
export interface Pruned {
  /** Rounds of which something went. */
  rounds: number;
  incidents: number;
  absences: number;
  addresses: number;
}

/**
 * Deletes what is older than the reporter wants to keep, in small transactions; running it again, or killing it between
 * two of them, does no harm.
 *
 * What goes: rounds with their challenges, transcripts and anchor transactions; incidents; absences; addresses.
 * What stays, however old: everything of an epoch that is not over; the newest round, from which the counting goes on,
 * and the newest one with challenges, which stand in for those of a round that could not open; each device's newest
 * accepted challenge of each task in an epoch that is over (an open epoch's may still be overturned), with its round:
 * its rate sizes the next task. Epochs, measurements, reports, batches and their transactions stay as they are: they
 * are few, scores are explained by them, and a report that was forgotten could be signed twice.
 *
 * A commitment of a round that went is no longer known as seen before. Who shows it again still cannot open it, so its
 * verdict is BAD_OPENING instead of REPLAYED: a fail like the other.
 */
export class Retention {
  /** @param days age at which things go; 0 keeps everything */
  constructor(
    private readonly db: Database,
    private readonly days: number,
  ) {}

  /** @param nowMs ms since 1970. @throws the signal's reason when the process stops */
  async prune(nowMs: number): Promise<Pruned> {
    if (this.days === 0) return { rounds: 0, incidents: 0, absences: 0, addresses: 0 };
    const before = new Date(nowMs - this.days * DAY_MS);
    return {
      rounds: await this.pruneRounds(before),
      incidents: await this.pruneRows('incidents', 'at', before),
      absences: await this.pruneRows('absences', 'to_at', before),
      addresses: await this.pruneRows('addresses', 'seen_at', before),
    };
  }

  private async pruneRounds(before: Date): Promise<number> {
    let pruned = 0;
    let after = '-1';
    for (;;) {
      const rows = await this.db.query<{ round: string }>(
        `SELECT round FROM rounds WHERE round > $1 AND slot_end < $2 AND ${IS_OVER}
           AND epoch IN (SELECT epoch FROM epochs WHERE ${IS_EPOCH_OVER})
           AND round < (SELECT max(round) FROM rounds)
           AND round IS DISTINCT FROM (SELECT max(round) FROM challenges)
         ORDER BY round LIMIT ${ROUNDS_AT_ONCE}`,
        [after, before],
      );
      for (const { round } of rows) if (await this.pruneRound(round)) pruned++;
      const last = rows.at(-1);
      if (!last || rows.length < ROUNDS_AT_ONCE) return pruned;
      after = last.round;
    }
  }

  /** @returns whether anything of the round went */
  private pruneRound(round: string): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const challenges = await tx.query(
        `DELETE FROM challenges c WHERE c.round = $1 AND NOT (c.verdict = 'OK' AND NOT EXISTS (
           SELECT 1 FROM challenges n
           WHERE n.node_id = c.node_id AND n.device = c.device AND n.task = c.task AND n.verdict = 'OK'
             AND n.round > c.round AND n.epoch IN (SELECT epoch FROM epochs WHERE ${IS_EPOCH_OVER})))
         RETURNING 1`,
        [round],
      );
      await tx.query(
        `DELETE FROM transcripts t WHERE t.round = $1 AND NOT EXISTS (
           SELECT 1 FROM challenges c WHERE c.round = t.round AND c.node_id = t.node_id AND c.device = t.device)`,
        [round],
      );
      const rounds = await tx.query(
        `DELETE FROM rounds r WHERE r.round = $1
           AND NOT EXISTS (SELECT 1 FROM challenges c WHERE c.round = r.round) RETURNING 1`,
        [round],
      );
      // The round is over: nobody asks for its anchor any more. One under way stays: its nonce counts.
      await tx.query("DELETE FROM transactions WHERE key = $1 AND state IN ('mined', 'failed')", [`anchor:${round}`]);
      return challenges.length + rounds.length > 0;
    });
  }

  private async pruneRows(
    table: 'incidents' | 'absences' | 'addresses',
    column: string,
    before: Date,
  ): Promise<number> {
    let pruned = 0;
    for (;;) {
      const rows = await this.db.query(
        `DELETE FROM ${table} WHERE ctid IN (
           SELECT ctid FROM ${table} WHERE ${column} < $1 ORDER BY ${column} LIMIT ${ROWS_AT_ONCE}) RETURNING 1`,
        [before],
      );
      pruned += rows.length;
      if (rows.length < ROWS_AT_ONCE) return pruned;
    }
  }
}
