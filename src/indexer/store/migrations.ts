import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { PROJECT_ROOT } from '../../runtime/project';
import { type DatabaseSettings, ormOptions } from './database';

/**
 * Brings the index's tables (schema public) up to date; does what `squid-typeorm-migration apply` does, in-process.
 * @returns names of the migrations that were applied
 */
export async function applyMigrations(settings: DatabaseSettings): Promise<string[]> {
  const source = new DataSource({
    ...ormOptions(settings),
    migrations: [join(PROJECT_ROOT, 'db', 'migrations', '*.js')],
  });
  await source.initialize();
  try {
    const applied = await source.runMigrations({ transaction: 'all' });
    return applied.map(({ name }) => name);
  } finally {
    await source.destroy();
  }
}
