import { DataSource, type EntityManager } from 'typeorm';
import type { DatabaseSettings } from '../../config/database';
import { FatalError } from '../../runtime/errors';
import { ormOptions } from './orm';

/** The migration that every index began with. */
const FIRST_MIGRATION = 'Data1763715600000';
/** It has a row from the first event of a network on. */
const FIRST_TABLE = 'account';

/**
 * Sees that the tables of a database are those of an index, or that there are none under their names.
 * @throws FatalError when they are somebody else's
 */
export async function requireOurs(manager: EntityManager): Promise<void> {
  if (await isMigrated(manager)) return;
  const names = manager.connection.entityMetadatas.map(({ tableName }) => tableName);
  const there: { name: string }[] = await manager.query(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_name = ANY($1) ORDER BY table_name`,
    [[...names, 'migrations']],
  );
  if (there.length === 0) return;
  throw new FatalError(
    `DB_NAME: schema public has tables that are not of an index: ${there.map(({ name }) => name).join(', ')}`,
    'Set DB_NAME to the database of the index. If they are worth nothing, drop them by hand.',
  );
}

/**
 * Sees that rows and place on the chain are there together: who finds one without the other would go on with holes.
 * @throws FatalError when one of them was removed
 */
export async function requireWhole(settings: DatabaseSettings): Promise<void> {
  const source = await new DataSource(ormOptions(settings)).initialize();
  try {
    const { manager } = source;
    await requireOurs(manager);
    const height = await heightOf(manager);
    const isThere = await isMigrated(manager);
    if (height !== undefined && !isThere) {
      throw gone(`The index stands at block ${height}, and its tables in schema public are gone`);
    }
    if (height === undefined && isThere && (await hasRows(manager))) {
      throw gone('The index has rows, and how far it goes (schema squid_processor) is gone');
    }
  } finally {
    await source.destroy();
  }
}

function gone(what: string): FatalError {
  return new FatalError(what, 'Restore a backup of the whole database, or index anew: npx dpin resync');
}

async function isMigrated(manager: EntityManager): Promise<boolean> {
  if (!(await exists(manager, 'migrations'))) return false;
  const columns: unknown[] = await manager.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = 'migrations' AND column_name = 'name'`,
  );
  if (columns.length === 0) return false;
  const rows: unknown[] = await manager.query('SELECT 1 FROM migrations WHERE name = $1', [FIRST_MIGRATION]);
  return rows.length > 0;
}

/** Newest block that the processor has taken in; undefined before the first. */
async function heightOf(manager: EntityManager): Promise<number | undefined> {
  if (!(await exists(manager, 'squid_processor.status'))) return undefined;
  const [row] = await manager.query(
    `SELECT greatest((SELECT max(height) FROM squid_processor.hot_block),
       (SELECT height FROM squid_processor.status WHERE id = 0 AND height >= 0)) AS height`,
  );
  return row.height ?? undefined;
}

async function hasRows(manager: EntityManager): Promise<boolean> {
  const rows: unknown[] = await manager.query(`SELECT 1 FROM ${FIRST_TABLE} LIMIT 1`);
  return rows.length > 0;
}

async function exists(manager: EntityManager, table: string): Promise<boolean> {
  const [row] = await manager.query('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
  return row.there;
}
