import { join } from 'node:path';
import { createLogger } from '@subsquid/logger';
import { type EntityManager, MigrationExecutor } from 'typeorm';
import type { DatabaseSettings } from '../../config/database';
import { PROJECT_ROOT } from '../../runtime/project';
import { takeIndexLock } from './index-lock';
import { ormOptions, withSource } from './orm';
import { persist } from './persist';
import { takeBackUnfinalized } from './rewind';
import { buildIndexes, droppedIndexes } from './secondary-indexes';
import { requireOurs } from './whose';

const log = createLogger('dpin:indexer:db');

/** The migrations of the index; the same depth from src/ and from lib/. */
export const MIGRATION_FILES = join(PROJECT_ROOT, 'db', 'migrations', '*.js');
/**
 * Whoever reads several tables in one transaction can hold the next one that is dropped and want the last. Postgres
 * looks for such deadlocks after a second, and ends whom it likes: we give up before, and try again.
 */
const LOCK_MS = 500;
/** What is said of the index as it was, and stays when its rows go: results of audits. */
const KEPT_STATE = ['audit', 'audit_difference'];

/**
 * Brings the index's tables (schema public) up to date; does what `squid-typeorm-migration apply` does, in-process.
 * A migration may take as long as it needs.
 * @returns names of the migrations that were applied
 */
export function applyMigrations(settings: DatabaseSettings): Promise<string[]> {
  const options = { ...ormOptions(settings, { statementTimeoutMs: 0 }), migrations: [MIGRATION_FILES] };
  return withSource(options, async (source) => {
    const isPending = await source.showMigrations();
    // A migration may speak of any index that those before it made.
    if (isPending && (await droppedIndexes(source)).length > 0) await buildIndexes(source);
    // What was noted of unfinalized blocks knows nothing of columns that are new: it could not undo them.
    if (isPending) await source.transaction('SERIALIZABLE', (manager) => takeBackUnfinalized(manager));
    const applied = await source.runMigrations({ transaction: 'all' });
    return applied.map(({ name }) => name);
  });
}

/** Builds the secondary indexes that are missing since a sync that was not finished, or is now. */
export function buildMissingIndexes(settings: DatabaseSettings): Promise<void> {
  return withSource(ormOptions(settings, { statementTimeoutMs: 0 }), buildIndexes);
}

/**
 * Forgets everything the indexer keeps (its tables in schema public, the list of its migrations, the processor's state),
 * so that its next start indexes the chain anew. Tables are dropped, as they may be of another release, and made again
 * in one transaction: who reads meanwhile sees rows, then none, and no table missing. The oracle's schema is not
 * touched, and results of audits stay.
 * @returns names of the tables made anew
 * @throws FatalError when an indexer works on them, or they are not those of an index; RetryableError when readers do not let them go
 */
export function forgetIndex(settings: DatabaseSettings): Promise<string[]> {
  const options = { ...ormOptions(settings, { statementTimeoutMs: 0 }), migrations: [MIGRATION_FILES] };
  return withSource(options, async (source) => {
    const { signal } = new AbortController();
    const lock = await takeIndexLock({ settings, log, signal, graceMs: 0 });
    try {
      const tables = [...source.entityMetadatas.map(({ tableName }) => tableName), 'migrations'];
      await persist(async () => {
        await lock.held();
        await source.transaction('READ COMMITTED', (manager) => makeAnew(manager, tables));
      });
      return tables;
    } finally {
      await lock.release();
    }
  });
}

async function makeAnew(manager: EntityManager, tables: readonly string[]): Promise<void> {
  await requireOurs(manager);
  const old = (await tablesIn(manager, 'public')).filter((table) => tables.includes(table));
  if (old.length > 0) {
    const names = old.map((table) => `public."${table}"`).join(', ');
    await manager.query(`SET LOCAL statement_timeout = ${LOCK_MS}`);
    await manager.query(`LOCK TABLE ${names} IN ACCESS EXCLUSIVE MODE`);
    await manager.query('SET LOCAL statement_timeout = 0');
    await manager.query(`DROP TABLE ${names} CASCADE`);
  }
  const state = await tablesIn(manager, 'squid_processor');
  for (const table of state.filter((name) => !KEPT_STATE.includes(name))) {
    await manager.query(`DELETE FROM squid_processor."${table}"`);
  }
  // An audit that is not over compares rows that are gone now.
  if (state.includes('audit')) await manager.query('DELETE FROM squid_processor.audit WHERE finished_at IS NULL');
  await new MigrationExecutor(manager.connection, manager.queryRunner).executePendingMigrations();
}

async function tablesIn(manager: EntityManager, schema: string): Promise<string[]> {
  const rows: { name: string }[] = await manager.query(
    'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1',
    [schema],
  );
  return rows.map(({ name }) => name);
}
