import { DataSource, type EntityManager, MigrationExecutor } from 'typeorm';
import type { DatabaseSettings } from '../../config/database';
import type { NetworkMark } from '../rules/same-network';
import type { Head } from './backlog';
import { finalHeadOf, readMark } from './network-mark';
import { ormOptions } from './orm';
import { MIGRATION_FILES } from './schema';

/** Who only looks waits no longer for an answer. */
const STATEMENT_MS = 5_000;

/** Migrations of the index by name. */
export interface MigrationsLook {
  applied: string[];
  pending: string[];
  /** Applied, and not of this release. */
  foreign: string[];
}

/** How far a database is indexed. */
export interface IndexLook {
  mark: NetworkMark | undefined;
  /** The newest final block; undefined before the first. */
  final: Head | undefined;
  /** The newest block of all. */
  newest: number | undefined;
}

/** Which migrations of the index a database has, and which the next start of the indexer would apply. */
export function lookAtMigrations(settings: DatabaseSettings): Promise<MigrationsLook> {
  return withSource(settings, async (source) => {
    const executor = new MigrationExecutor(source);
    const names = (migrations: readonly { name: string }[]) => migrations.map(({ name }) => name);
    const ours = new Set(names(await executor.getAllMigrations()));
    const applied = names(await executor.getExecutedMigrations());
    const pending = [...ours].filter((name) => !applied.includes(name));
    return { applied, pending, foreign: applied.filter((name) => !ours.has(name)) };
  });
}

/** Whose index a database has and how far it goes. @throws FatalError when its mark cannot be read */
export function lookAtIndex(settings: DatabaseSettings): Promise<IndexLook> {
  return withSource(settings, async ({ manager }) => {
    const final = await finalHeadOf(manager);
    return { final, mark: await readMark(manager), newest: final && Math.max(final.height, await hotHeight(manager)) };
  });
}

/** Height of the newest block that may still be undone; -1 for none. */
async function hotHeight(manager: EntityManager): Promise<number> {
  const [row] = await manager.query('SELECT coalesce(max(height), -1) AS height FROM squid_processor.hot_block');
  return Number(row.height);
}

async function withSource<T>(settings: DatabaseSettings, work: (source: DataSource) => Promise<T>): Promise<T> {
  const options = ormOptions(settings, { statementTimeoutMs: STATEMENT_MS });
  const source = await new DataSource({ ...options, migrations: [MIGRATION_FILES] }).initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}
