import type { Database } from './database';
import { insert } from './insert';
import { type Challenge, type CommittedChallenge, isCommitted } from './model';
import { type ChallengeRow, toChallenge } from './rows';
import { update } from './update';

const TABLE = 'last_openings';
const key = (c: Challenge) => ({ round: c.round, node_id: c.nodeId, device: c.device });

export interface KeptOpening {
  readonly challenge: CommittedChallenge;
  readonly coins: Uint8Array;
  readonly opening: Uint8Array;
}

/** Table `last_openings`: the newest accepted opening of each device. Every write may run twice. */
export class OpeningStore {
  constructor(private readonly db: Database) {}

  /** Keeps an accepted opening until a newer one of the same device replaces it. */
  async keep({ challenge: c, coins, opening }: KeptOpening): Promise<void> {
    await insert(
      this.db,
      TABLE,
      [{ ...key(c), epoch: c.epoch, coins, opening }],
      `(node_id, device) DO UPDATE SET round = excluded.round, epoch = excluded.epoch, coins = excluded.coins,
         opening = excluded.opening, checked = false WHERE last_openings.round < excluded.round`,
    );
  }

  /** Kept openings of an epoch that the backstop has not looked at, with their challenges. */
  async toCheck(epoch: number): Promise<KeptOpening[]> {
    const rows = await this.db.query<ChallengeRow & { coins: Buffer; opening: Buffer }>(
      `SELECT c.*, o.coins, o.opening FROM last_openings o JOIN challenges c USING (round, node_id, device)
       WHERE o.epoch = $1 AND NOT o.checked ORDER BY node_id, device`,
      [epoch],
    );
    return rows.flatMap(({ coins, opening, ...row }) => {
      const challenge = toChallenge(row);
      return isCommitted(challenge) ? [{ challenge, coins, opening }] : [];
    });
  }

  async checked(c: Challenge): Promise<void> {
    await update(this.db, TABLE, key(c), { checked: true });
  }
}
