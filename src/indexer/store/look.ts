import { type DataSourceOptions, MigrationExecutor } from 'typeorm';
import type { DatabaseSettings } from '../../config/database';
import type { NetworkMark } from '../rules/same-network';
import type { BlockRef } from '../source/types';
import { finalHeadOf, headOf } from './heads';
import { readMark } from './network-mark';
import { ormOptions, withSource } from './orm';
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
  final: BlockRef | undefined;
  /** Height of the newest block, unfinalized ones included. */
  newest: number | undefined;
}

/** Which migrations of the index a database has, and which the next start of the indexer would apply. */
export function lookAtMigrations(settings: DatabaseSettings): Promise<MigrationsLook> {
  const options = { ...optionsOf(settings), migrations: [MIGRATION_FILES] };
  return withSource(options, async (source) => {
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
  return withSource(optionsOf(settings), async ({ manager }) => ({
    final: await finalHeadOf(manager),
    newest: (await headOf(manager))?.height,
    mark: await readMark(manager),
  }));
}

function optionsOf(settings: DatabaseSettings): DataSourceOptions {
  return ormOptions(settings, { statementTimeoutMs: STATEMENT_MS });
}
