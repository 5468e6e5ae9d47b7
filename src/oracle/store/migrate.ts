import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { PROJECT_ROOT } from '../../runtime/project';

/** Folder of the oracle schema's SQL files; the same depth from src/ and from lib/. */
const MIGRATIONS = join(PROJECT_ROOT, 'db', 'oracle');
/** Advisory lock held while migrating, so that two processes starting together do not race. */
const LOCK = 7_710_001;

/**
 * Brings schema `oracle` up to date: applies the files of db/oracle in the order of their names, each once and in a transaction of its own.
 * @returns names of the files applied now
 * @throws Error of `pg` when the database is away or a file fails (then that file left nothing behind)
 */
export async function migrateOracleSchema(pool: Pool): Promise<string[]> {
  const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort();
  const applied: string[] = [];
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await client.query('CREATE SCHEMA IF NOT EXISTS oracle');
    await client.query(
      'CREATE TABLE IF NOT EXISTS oracle.schema_version (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const done = await client.query<{ name: string }>('SELECT name FROM oracle.schema_version');
    const known = new Set(done.rows.map((row) => row.name));
    for (const name of files.filter((file) => !known.has(file))) {
      const sql = await readFile(join(MIGRATIONS, name), 'utf8');
      await client.query('BEGIN');
      try {
        await client.query(sql);
        await client.query('INSERT INTO oracle.schema_version (name) VALUES ($1)', [name]);
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK');
        throw new Error(`db/oracle/${name}: ${(error as Error).message}`, { cause: error });
      }
      applied.push(name);
    }
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
    client.release();
  }
  return applied;
}
