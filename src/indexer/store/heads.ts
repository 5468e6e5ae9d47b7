import type { EntityManager } from 'typeorm';
import type { BlockRef } from '../source/types';

/** The newest final block that is indexed; undefined before the first. */
export async function finalHeadOf(manager: EntityManager): Promise<BlockRef | undefined> {
  if (!(await hasStateTable(manager, 'status'))) return undefined;
  const rows = await manager.query('SELECT height, hash FROM squid_processor.status WHERE id = 0 AND height >= 0');
  return rows[0];
}

/** The newest block that is indexed, unfinalized ones included; undefined before the first. */
export async function headOf(manager: EntityManager): Promise<BlockRef | undefined> {
  if (!(await hasStateTable(manager, 'status'))) return undefined;
  const rows = await manager.query(
    `SELECT height, hash FROM (
       SELECT height, hash FROM squid_processor.hot_block
       UNION ALL SELECT height, hash FROM squid_processor.status WHERE id = 0 AND height >= 0
     ) heads ORDER BY height DESC LIMIT 1`,
  );
  return rows[0];
}

/** Whether the schema of the processor's state has a table. */
export async function hasStateTable(manager: EntityManager, table: string): Promise<boolean> {
  const [row] = await manager.query('SELECT to_regclass($1) IS NOT NULL AS there', [`squid_processor.${table}`]);
  return row.there;
}
