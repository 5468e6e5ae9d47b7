import type { EntityManager } from 'typeorm';
import type { BlockRef } from '../source/types';
import type { BulkStatement } from './bulk-writes';

/** A block and its time. */
export interface Head {
  height: number;
  /** Absent: not known. */
  time?: Date;
}

/**
 * Makes what tells how fresh the index is: `squid_processor.freshness`, one row. It is a view of two tables, because
 * two write it: whoever writes rows says which block they are of, in the same transaction, and whoever watches the
 * chain says how far that is. In one row they would make each other wait.
 * @param newest the newest block that is indexed; undefined before the first
 */
export async function createFreshness(manager: EntityManager, newest: BlockRef | undefined): Promise<void> {
  await manager.query(
    `CREATE TABLE IF NOT EXISTS squid_processor.indexed_head (
       id int PRIMARY KEY CHECK (id = 0), height int, time timestamptz)`,
  );
  await manager.query(
    `CREATE TABLE IF NOT EXISTS squid_processor.chain_head (
       id int PRIMARY KEY CHECK (id = 0), height int, time timestamptz, seen_at timestamptz)`,
  );
  await manager.query(
    `INSERT INTO squid_processor.indexed_head (id) VALUES (0) ON CONFLICT (id) DO NOTHING;
     INSERT INTO squid_processor.chain_head (id) VALUES (0) ON CONFLICT (id) DO NOTHING`,
  );
  await manager.query(
    `CREATE OR REPLACE VIEW squid_processor.freshness AS
     SELECT 0 AS id, indexed.height AS indexed_height, indexed.time AS indexed_time, chain.height AS chain_height,
       chain.time AS chain_time, chain.seen_at
     FROM (VALUES (0)) one(id)
     LEFT JOIN squid_processor.indexed_head indexed ON indexed.id = one.id
     LEFT JOIN squid_processor.chain_head chain ON chain.id = one.id`,
  );
  // A release that does not know these tables may have gone on with the index.
  await manager.query(
    'UPDATE squid_processor.indexed_head SET height = $1, time = NULL WHERE height IS DISTINCT FROM $1',
    [newest?.height ?? null],
  );
}

/** Says which block the rows are of; part of the statement that writes them. */
export function indexedHead({ height, time }: Head): BulkStatement {
  return {
    table: 'indexed_head',
    sql: (offset) =>
      `UPDATE squid_processor.indexed_head SET height = $${offset + 1}, time = $${offset + 2} WHERE id = 0`,
    parameters: [String(height), time?.toISOString() ?? null],
  };
}

/** Says which block the rows are of. @param manager of the transaction that changes them */
export async function setIndexedHead(manager: EntityManager, head: Head): Promise<void> {
  const { sql, parameters } = indexedHead(head);
  await manager.query(sql(0), parameters);
}

/** Says how far the chain is, as it was seen at a time of this machine's clock. */
export async function setChainHead(manager: EntityManager, { height, time }: Head, seenAt: Date): Promise<void> {
  await manager.query('UPDATE squid_processor.chain_head SET height = $1, time = $2, seen_at = $3 WHERE id = 0', [
    height,
    time ?? null,
    seenAt,
  ]);
}
