import { join } from 'node:path';
import { DataSource } from 'typeorm';
import type { DatabaseSettings } from '../../config/database';
import { PROJECT_ROOT } from '../../runtime/project';
import { ormOptions } from './database';

/**
 * Brings the index's tables (schema public) up to date; does what `squid-typeorm-migration apply` does, in-process.
 * @returns names of the migrations that were applied
 */
export function applyMigrations(settings: DatabaseSettings): Promise<string[]> {
  const migrations = [join(PROJECT_ROOT, 'db', 'migrations', '*.js')];
  return withSource(new DataSource({ ...ormOptions(settings), migrations }), async (source) => {
    const applied = await source.runMigrations({ transaction: 'all' });
    return applied.map(({ name }) => name);
  });
}

/**
 * Drops everything the indexer keeps (its tables in schema public, the list of its migrations, the processor's state),
 * so that its next start indexes the chain anew. The oracle's schema is not touched.
 * @returns names of the tables dropped
 */
export function forgetIndex(settings: DatabaseSettings): Promise<string[]> {
  return withSource(new DataSource(ormOptions(settings)), async (source) => {
    const tables = [...source.entityMetadatas.map(({ tableName }) => tableName), 'migrations'];
    await source.transaction(async (manager) => {
      for (const table of tables) await manager.query(`DROP TABLE IF EXISTS public."${table}" CASCADE`);
      await manager.query('DROP SCHEMA IF EXISTS squid_processor CASCADE');
    });
    return tables;
  });
}

async function withSource<T>(source: DataSource, work: (source: DataSource) => Promise<T>): Promise<T> {
  await source.initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}
