import type { Queryable } from './database';
import { insert } from './insert';

/** Table `addresses`: where handshakes of nodes succeeded from. Every write may run twice. */
export class AddressStore {
  constructor(private readonly db: Queryable) {}

  /** The newest of them, newest first. */
  async newest(count: number): Promise<string[]> {
    const rows = await this.db.query<{ address: string }>(
      'SELECT address FROM addresses ORDER BY seen_at DESC LIMIT $1',
      [count],
    );
    return rows.map(({ address }) => address);
  }

  async add(address: string, atMs: number): Promise<void> {
    const later = '(address) DO UPDATE SET seen_at = greatest(addresses.seen_at, excluded.seen_at)';
    await insert(this.db, 'addresses', [{ address, seen_at: new Date(atMs) }], later);
  }
}
