import { createLogger } from '@subsquid/logger';
import type { DataSource, EntityManager } from 'typeorm';
import { monotonicMs } from '../../runtime/clock';
import { persist } from './persist';

const log = createLogger('dpin:indexer:db');

/** Indexes built at the same time; Postgres may use more processes for each. */
const BUILDERS = 2;
const PROGRESS_MS = 10_000;

interface DroppedIndex {
  name: string;
  /** The statement that makes it, as Postgres says it. */
  definition: string;
}

/**
 * Drops the secondary indexes of the index's tables, for a sync that writes most of their rows: keeping each up to date
 * row by row takes longer than building it at the end. Their definitions, as the migrations made them, go into a table
 * in the same transaction; `buildIndexes` has them from there. Primary keys and unique indexes stay.
 * @returns number of indexes dropped
 */
export async function dropIndexes(source: DataSource): Promise<number> {
  return source.transaction(async (manager) => {
    await manager.query('CREATE SCHEMA IF NOT EXISTS squid_processor');
    await manager.query(
      'CREATE TABLE IF NOT EXISTS squid_processor.dropped_index (name text PRIMARY KEY, definition text NOT NULL)',
    );
    const indexes = await secondaryIndexes(manager);
    if (indexes.length === 0) return 0;
    await manager.query(
      `INSERT INTO squid_processor.dropped_index (name, definition) SELECT * FROM unnest($1::text[], $2::text[])
       ON CONFLICT (name) DO UPDATE SET definition = EXCLUDED.definition`,
      [indexes.map(({ name }) => name), indexes.map(({ definition }) => definition)],
    );
    await manager.query(`DROP INDEX ${indexes.map(({ name }) => manager.connection.driver.escape(name)).join(', ')}`);
    return indexes.length;
  });
}

/**
 * Builds what `dropIndexes` dropped, each index in a transaction of its own that also takes it off the list, so that a
 * process killed meanwhile goes on with the next one. Says how far it is. Does nothing when nothing is missing.
 * @param source of a connection whose statements may take as long as they need
 */
export async function buildIndexes(source: DataSource): Promise<void> {
  const missing = await droppedIndexes(source);
  if (missing.length === 0) return;
  const startMs = monotonicMs();
  let saidMs = startMs;
  let built = 0;
  log.info({ indexes: missing.length }, 'building the indexes that were left out while catching up');
  const waiting = missing.toReversed();
  const build = async () => {
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      const next = index;
      await persist(() => buildIndex(source, next));
      built += 1;
      if (monotonicMs() - saidMs < PROGRESS_MS) continue;
      saidMs = monotonicMs();
      log.info({ built, of: missing.length, newest: next.name }, 'building Postgres indexes');
    }
  };
  await Promise.all(Array.from({ length: BUILDERS }, build));
  log.info({ indexes: built, elapsedMs: Math.round(monotonicMs() - startMs) }, 'Postgres indexes are built');
}

/** The indexes that are dropped and not built again, those of a table together. */
export async function droppedIndexes(source: DataSource): Promise<DroppedIndex[]> {
  const [{ known }] = await source.query(`SELECT to_regclass('squid_processor.dropped_index') IS NOT NULL AS known`);
  if (!known) return [];
  return source.query('SELECT name, definition FROM squid_processor.dropped_index ORDER BY definition');
}

/** One round trip: most indexes are of small tables, where building takes less time than asking. */
async function buildIndex(source: DataSource, { name, definition }: DroppedIndex): Promise<void> {
  // It is there already when only the answer to the commit was lost.
  const create = definition.replace('CREATE INDEX', 'CREATE INDEX IF NOT EXISTS');
  const isBuilt = `DELETE FROM squid_processor.dropped_index WHERE name = '${name.replaceAll("'", "''")}'`;
  // Statements sent together are a transaction.
  await source.query(`${create}; ${isBuilt}`);
}

function secondaryIndexes(manager: EntityManager): Promise<DroppedIndex[]> {
  return manager.query(
    `SELECT c.relname AS name, pg_get_indexdef(c.oid) AS definition
       FROM pg_index i
       JOIN pg_class c ON c.oid = i.indexrelid
       JOIN pg_class t ON t.oid = i.indrelid
      WHERE t.relnamespace = current_schema()::regnamespace AND t.relname = ANY($1)
        AND NOT i.indisprimary AND NOT i.indisunique
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = c.oid)`,
    [manager.connection.entityMetadatas.map(({ tableName }) => tableName)],
  );
}
