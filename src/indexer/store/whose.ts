import type { EntityManager } from 'typeorm';
import type { DatabaseSettings } from '../../config/database';
import { requireUtf8 } from '../../database/encoding';
import { FatalError } from '../../runtime/errors';
import { finalHeadOf, headOf } from './heads';
import { ormOptions, withSource } from './orm';

/** The migration that every index began with. */
const FIRST_MIGRATION = 'Data1763715600000';
/** Each has a row from the mint of the token on. */
const FIRST_TABLES = ['account', 'network'];

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
 * @param isMintedBy whether the chain is known to have minted the token by a block; no row is needed before
 * @throws FatalError when one of them was removed, or the database cannot hold every text; what `isMintedBy` throws
 */
export async function requireWhole(
  settings: DatabaseSettings,
  isMintedBy: (height: number) => Promise<boolean>,
): Promise<void> {
  await withSource(ormOptions(settings), async ({ manager }) => {
    await requireUtf8(settings.DB_NAME, (sql) => manager.query(sql));
    const isThere = await requireOurs(manager);
    const head = await headOf(manager);
    if (head && !isThere) {
      throw gone(`The index stands at block ${head.height}, and its tables in schema public are gone`);
    }
    if (!isThere) return;
    const filled = await Promise.all(FIRST_TABLES.map((table) => hasRows(manager, table)));
    if (!head && filled.some(Boolean)) {
      throw gone('The index has rows, and how far it goes (schema squid_processor) is gone');
    }
    // Only final blocks count: a reorg may have moved the mint since.
    const final = filled.every(Boolean) ? undefined : await finalHeadOf(manager);
    if (final && (await isMintedBy(final.height))) {
      throw gone(`The index stands at block ${final.height}, and rows of its tables in schema public are gone`);
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

async function hasRows(manager: EntityManager, table: string): Promise<boolean> {
  const rows: unknown[] = await manager.query(`SELECT 1 FROM ${table} LIMIT 1`);
  return rows.length > 0;
}
