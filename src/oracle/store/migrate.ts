import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import { ORACLE_SCHEMA_NAME } from '../../config/settings';
import { PROJECT_ROOT } from '../../runtime/project';

/** Folder of the SQL files, which name no schema; the same depth from src/ and from lib/. */
const MIGRATIONS = join(PROJECT_ROOT, 'db', 'oracle');
/** Advisory lock held while migrating, so that two processes starting together do not race. */
const LOCK = 7_710_001;
/** Another process may be migrating, and tables may be large. */
const LONGEST_MS = 3_600_000;

/** Names of the files in db/oracle, in the order in which they are applied. */
export async function migrationFiles(): Promise<string[]> {
  return (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort();
}

/**
 * Brings the schema that the pool's connections work in up to date, and creates it when it is not there: applies the
 * files of db/oracle in the order of their names, each once and in a transaction of its own.
 * @returns names of the files applied now
 * @throws Error of `pg` when the database is away or a file fails (then that file left nothing behind)
 */
export async function migrateOracleSchema(pool: Pool): Promise<string[]> {
  const files = await migrationFiles();
  const applied: string[] = [];
  const client = await pool.connect();
  try {
    await client.query('SET statement_timeout = 0');
    await client.query(patient('SELECT pg_advisory_lock($1)', [LOCK]));
    await createSchema(client);
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_version (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const done = await client.query<{ name: string }>('SELECT name FROM schema_version');
    const known = new Set(done.rows.map((row) => row.name));
    for (const name of files.filter((file) => !known.has(file))) {
      const sql = await readFile(join(MIGRATIONS, name), 'utf8');
      await client.query('BEGIN');
      try {
        await client.query(patient(sql));
        await client.query('INSERT INTO schema_version (name) VALUES ($1)', [name]);
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK');
        throw new Error(`db/oracle/${name}: ${(error as Error).message}`, { cause: error });
      }
      applied.push(name);
    }
  } finally {
    // With the session its lock and its settings end.
    client.release(true);
  }
  return applied;
}

/** A statement that may take long. */
function patient(text: string, values?: unknown[]): QueryConfig & { query_timeout: number } {
  return { text, ...(values && { values }), query_timeout: LONGEST_MS };
}

/** Makes the schema unless it is there: a reporter may own a schema without the right to create others. */
async function createSchema(client: PoolClient): Promise<void> {
  const schema = await schemaOf(client);
  const { rowCount } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rowCount === 0) await client.query(`CREATE SCHEMA ${client.escapeIdentifier(schema)}`);
}

/** Name of the schema. @throws Error for a connection that was not opened in one schema (`openPool`) */
async function schemaOf(client: PoolClient): Promise<string> {
  const { rows } = await client.query<{ schema: string }>("SELECT current_setting('search_path') AS schema");
  const schema = rows[0]?.schema ?? '';
  if (!ORACLE_SCHEMA_NAME.test(schema)) throw new Error(`search_path is ${schema}, not the schema of a reporter`);
  return schema;
}
