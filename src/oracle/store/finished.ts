import type { Client, ClientConfig } from 'pg';
import { SteadyClient } from '../../database/client';
import type { State } from '../rounds/states';
import { inSchema } from './database';
import { IS_OVER } from './rounds';

/** A round that is over, as its row tells; numbers of type bigint are text. */
export interface FinishedRound {
  round: string;
  epoch: string;
  task: string | null;
  fault: string | null;
}

/** A batch that is proved, or posted too. */
export interface ProvedBatch {
  epoch: string;
  batch: number;
  state: 'proved' | 'posted';
  prove_seconds: string;
  gas_used: string | null;
  /** Hex without 0x. */
  tx_hash: string | null;
  score_words: string[] | null;
}

/** A verdict of a round. */
export interface GivenVerdict {
  node_id: string;
  verdict: string;
  verdict_group: string;
  reason: string | null;
  /** Of the commitment. */
  elapsed_ms: string | null;
}

/** How far the newest round is. */
export interface NewestRound {
  round: string;
  state: State;
  slot_end: Date;
  start_at: Date;
  /** When the challenges went out. */
  sent_at: Date | null;
  /** When the coins went out. */
  coins_sent_at: Date | null;
  /** Reveals that have come, and those of them that wait for their verdict. */
  reveals: number;
  unjudged: number;
}

/** What somebody beside the oracle may watch in its tables: what it finished last. One connection; it only reads. */
export class FinishedWork {
  private constructor(private readonly client: Client) {}

  /** @throws the database's error when it is away */
  static async connect(address: ClientConfig, schema: string): Promise<FinishedWork> {
    const client = new SteadyClient({ ...address, options: inSchema(schema) });
    try {
      await client.connect();
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    return new FinishedWork(client);
  }

  /** The newest rounds that are over, oldest first. */
  async rounds(limit: number): Promise<FinishedRound[]> {
    const { rows } = await this.client.query<FinishedRound>(
      `SELECT round, epoch, task, fault FROM rounds WHERE ${IS_OVER} ORDER BY round DESC LIMIT $1`,
      [limit],
    );
    return rows.reverse();
  }

  async newestRound(): Promise<NewestRound | undefined> {
    const { rows } = await this.client.query<NewestRound>(
      `SELECT r.round, r.state, r.slot_end, r.start_at, r.sent_at, r.coins_sent_at, count(c.revealed_ms)::int AS reveals,
         count(c.revealed_ms) FILTER (WHERE c.verdict IS NULL)::int AS unjudged
       FROM (SELECT * FROM rounds ORDER BY round DESC LIMIT 1) r LEFT JOIN challenges c ON c.round = r.round
       GROUP BY r.round, r.state, r.slot_end, r.start_at, r.sent_at, r.coins_sent_at`,
    );
    return rows[0];
  }

  /** The verdicts of a round, by node and device. */
  async verdicts(round: string): Promise<GivenVerdict[]> {
    const { rows } = await this.client.query<GivenVerdict>(
      `SELECT node_id, verdict, verdict_group, reason, elapsed_ms FROM challenges
       WHERE round = $1 AND verdict IS NOT NULL ORDER BY node_id, device`,
      [round],
    );
    return rows;
  }

  /** The newest batches that are proved or posted, oldest first. */
  async batches(limit: number): Promise<ProvedBatch[]> {
    const { rows } = await this.client.query<ProvedBatch>(
      `SELECT epoch, batch, state, prove_seconds, gas_used, encode(tx_hash, 'hex') AS tx_hash, score_words::text[]
       FROM batches WHERE state IN ('proved', 'posted') ORDER BY epoch DESC, batch DESC LIMIT $1`,
      [limit],
    );
    return rows.reverse();
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}
