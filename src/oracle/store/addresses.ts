import { ADDRESSES_A_NODE, type NodeAddress } from '../gateway/node-addresses';
import type { Queryable } from './database';
import { insert } from './insert';

/** Table `addresses`: where nodes logged in from, the newest of each node. Every write may run twice. */
export class AddressStore {
  constructor(private readonly db: Queryable) {}

  /** Oldest first. */
  async all(): Promise<NodeAddress[]> {
    const rows = await this.db.query<{ node_id: string; address: string }>(
      'SELECT node_id, address FROM addresses ORDER BY seen_at, node_id, address',
    );
    return rows.map(({ node_id, address }) => ({ nodeId: Number(node_id), address }));
  }

  /** @param atMs ms since 1970 */
  async add({ nodeId, address }: NodeAddress, atMs: number): Promise<void> {
    const later = '(node_id, address) DO UPDATE SET seen_at = greatest(addresses.seen_at, excluded.seen_at)';
    await insert(this.db, 'addresses', [{ node_id: nodeId, address, seen_at: new Date(atMs) }], later);
    await this.db.query(
      `DELETE FROM addresses WHERE node_id = $1 AND address IN (
         SELECT address FROM addresses WHERE node_id = $1 ORDER BY seen_at DESC, address OFFSET ${ADDRESSES_A_NODE})`,
      [nodeId],
    );
  }
}
