import { Client, type ClientConfig } from 'pg';
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
}

/** What somebody beside the oracle may watch in its tables: what it finished last. One connection; it only reads. */
export class FinishedWork {
  private constructor(private readonly client: Client) {}

  /** @throws the database's error when it is away */
  static async connect(address: ClientConfig, schema: string): Promise<FinishedWork> {
    const client = new Client({ ...address, options: inSchema(schema) });
    // A connection that breaks makes the next query fail; that is early enough.
    client.on('error', () => undefined);
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

  /** The verdicts of a round, by node and device. */
  async verdicts(round: string): Promise<GivenVerdict[]> {
    const { rows } = await this.client.query<GivenVerdict>(
      `SELECT node_id, verdict, verdict_group, reason FROM challenges
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
