import type { BlockHeader } from '../../chain/blocks';
import type { Receipt } from '../../chain/sender';
import type { Queryable } from './database';

/** The one row of table `status`, and its one writer: what the API shows of the oracle's health. */
export class StatusStore {
  constructor(private readonly db: Queryable) {}

  async head({ number, timestampSeconds: timestamp }: BlockHeader): Promise<void> {
    await this.set('head_block = $1, head_time = to_timestamp($2)', [number, timestamp]);
  }

  /** A round is over. Rounds may end out of order; the newest counts. */
  async roundOver(round: number): Promise<void> {
    await this.set('last_round = $1, last_round_at = now()', [round], 'last_round IS NULL OR last_round < $1');
  }

  async proof(epoch: number, proveSeconds: number): Promise<void> {
    await this.set('last_proof_epoch = $1, last_proof_at = now(), last_proof_seconds = $2', [epoch, proveSeconds]);
  }

  async posting({ gasUsed }: Receipt, gasPerScore: number): Promise<void> {
    await this.set('last_posting_at = now(), last_posting_gas = $1, last_gas_per_score = $2', [gasUsed, gasPerScore]);
  }

  /** Where the public evidence is, and how long it stays at least. */
  async evidence(url: string, challengeWindowSeconds: number): Promise<void> {
    await this.set('evidence_url = $1, challenge_window_seconds = $2', [url, challengeWindowSeconds]);
  }

  async error(message: string): Promise<void> {
    await this.set('last_error = $1, last_error_at = now()', [message.slice(0, 1000)]);
  }

  private async set(columns: string, values: readonly unknown[], when = 'true'): Promise<void> {
    await this.db.query(`UPDATE status SET ${columns}, updated_at = now() WHERE ${when}`, values);
  }
}
