import { join } from 'node:path';
import { createLogger } from '@subsquid/logger';
import { DataSource } from 'typeorm';
import type { DatabaseSettings } from '../../config/database';
import { PROJECT_ROOT } from '../../runtime/project';
import { takeIndexLock } from './index-lock';
import { ormOptions } from './orm';
import { buildIndexes, droppedIndexes } from './secondary-indexes';
import { requireOurs } from './whose';

const log = createLogger('dpin:indexer:db');

/** The migrations of the index; the same depth from src/ and from lib/. */
export const MIGRATION_FILES = join(PROJECT_ROOT, 'db', 'migrations', '*.js');

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
    const applied = await source.runMigrations({ transaction: 'all' });
    return applied.map(({ name }) => name);
  });
}

/** Builds the secondary indexes that are missing since a sync that was not finished, or is now. */
export function buildMissingIndexes(settings: DatabaseSettings): Promise<void> {
  return withSource(ormOptions(settings, { statementTimeoutMs: 0 }), buildIndexes);
}

/**
 * Drops everything the indexer keeps (its tables in schema public, the list of its migrations, the processor's state),
 * so that its next start indexes the chain anew. The oracle's schema is not touched.
 * @returns names of the tables dropped
 * @throws FatalError when an indexer works on them, or they are not those of an index
 */
export function forgetIndex(settings: DatabaseSettings): Promise<string[]> {
  return withSource(ormOptions(settings), async (source) => {
    const { signal } = new AbortController();
    const lock = await takeIndexLock({ settings, log, signal, graceMs: 0 });
    try {
      const tables = [...source.entityMetadatas.map(({ tableName }) => tableName), 'migrations'];
      await source.transaction(async (manager) => {
        await requireOurs(manager);
        for (const table of tables) await manager.query(`DROP TABLE IF EXISTS public."${table}" CASCADE`);
        await manager.query('DROP SCHEMA IF EXISTS squid_processor CASCADE');
      });
      return tables;
    } finally {
      await lock.release();
    }
  });
}

async function withSource<T>(
  options: ConstructorParameters<typeof DataSource>[0],
  work: (source: DataSource) => Promise<T>,
): Promise<T> {
  const source = await new DataSource(options).initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}
