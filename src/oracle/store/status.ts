import type { BlockHeader } from '../../chain/blocks';
import type { Receipt } from '../../chain/sender';
import type { Database } from './database';

/** The one row of table `status`: what the API shows of the oracle's health. */
export class StatusStore {
  constructor(private readonly db: Database) {}

  async head({ number, timestamp }: BlockHeader): Promise<void> {
    await this.db.query('UPDATE status SET head_block = $1, head_time = to_timestamp($2), updated_at = now()', [
      number,
      timestamp,
    ]);
  }

  async proof(epoch: bigint, proveSeconds: number): Promise<void> {
    await this.db.query(
      `UPDATE status SET last_proof_epoch = $1, last_proof_at = now(), last_proof_seconds = $2, updated_at = now()`,
      [String(epoch), proveSeconds],
    );
  }

  async posting({ gasUsed }: Receipt, gasPerScore: number): Promise<void> {
    await this.db.query(
      `UPDATE status SET last_posting_at = now(), last_posting_gas = $1, last_gas_per_score = $2, updated_at = now()`,
      [String(gasUsed), gasPerScore],
    );
  }

  async error(message: string): Promise<void> {
    await this.db.query('UPDATE status SET last_error = $1, last_error_at = now(), updated_at = now()', [
      message.slice(0, 1000),
    ]);
  }
}
