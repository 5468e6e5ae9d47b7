import type { EntityManager } from 'typeorm';
import type { DatabaseSettings } from '../../config/database';
import { FatalError } from '../../runtime/errors';
import { headOf } from './heads';
import { ormOptions, withSource } from './orm';

/** The migration that every index began with. */
const FIRST_MIGRATION = 'Data1763715600000';
/** It has a row from the first event of a network on. */
const FIRST_TABLE = 'account';

/**
 * Sees that the tables of a database are those of an index, or that there are none under their names.
 * @returns whether there are tables
 * @throws FatalError when they are somebody else's
 */
export async function requireOurs(manager: EntityManager): Promise<boolean> {
  const migrations = await appliedMigrations(manager);
  if (migrations?.includes(FIRST_MIGRATION)) return true;
  const names = manager.connection.entityMetadatas.map(({ tableName }) => tableName);
  // An index that was killed before its first migration has TypeORM's list of them, with nothing in it.
  if (migrations?.length !== 0) names.push('migrations');
  const there: { name: string }[] = await manager.query(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_name = ANY($1) ORDER BY table_name`,
    [names],
  );
  if (there.length === 0) return false;
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
  await withSource(ormOptions(settings), async ({ manager }) => {
    const isThere = await requireOurs(manager);
    const head = await headOf(manager);
    if (head && !isThere) {
      throw gone(`The index stands at block ${head.height}, and its tables in schema public are gone`);
    }
    if (!head && isThere && (await hasRows(manager))) {
      throw gone('The index has rows, and how far it goes (schema squid_processor) is gone');
    }
  });
}

function gone(what: string): FatalError {
  return new FatalError(what, 'Restore a backup of the whole database, or index anew: npx dpin resync');
}

/** Names of TypeORM's list of migrations; undefined when there is no such list. */
async function appliedMigrations(manager: EntityManager): Promise<string[] | undefined> {
  const columns: unknown[] = await manager.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = 'migrations' AND column_name = 'name'`,
  );
  if (columns.length === 0) return undefined;
  const rows: { name: string }[] = await manager.query('SELECT name FROM migrations');
  return rows.map(({ name }) => name);
}

async function hasRows(manager: EntityManager): Promise<boolean> {
  const rows: unknown[] = await manager.query(`SELECT 1 FROM ${FIRST_TABLE} LIMIT 1`);
  return rows.length > 0;
}
