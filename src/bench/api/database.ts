import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '@subsquid/logger';
import { Client } from 'pg';
import { databaseEnvironment } from '../../config/database';
import { freePort } from '../../devnet/machine/ports';
import { type Postgres, removePostgres, startPostgres } from '../../devnet/machine/postgres';
import { applyMigrations } from '../../indexer/store/schema';
import { openPool } from '../../oracle/store/database';
import { migrateOracleSchema } from '../../oracle/store/migrate';
import { PROJECT_ROOT } from '../../runtime/project';
import { seed } from './seed';

export const ORACLE_SCHEMA = 'oracle';

const CACHE = join(PROJECT_ROOT, 'build', 'bench');
/** What the rows depend on: they are made anew when one of them changes. */
const MAKERS = ['db/migrations', 'db/oracle', 'lib/bench/api/seed.js', 'lib/bench/api/population.js'];
/** Written last, so that a folder without it is not whole. */
const WHOLE = 'whole';

/** Starts Postgres on the rows of an earlier run; makes them first when there are none, and removes older ones. */
export async function openSeeded(rows: number, say: (line: string) => void): Promise<Postgres> {
  const prefix = `api-${rows}-`;
  const folder = join(CACHE, `${prefix}${keyOfMakers()}`);
  const isWhole = existsSync(join(folder, WHOLE));
  if (!isWhole) {
    mkdirSync(CACHE, { recursive: true });
    for (const name of readdirSync(CACHE).filter((other) => other.startsWith(prefix))) {
      await removePostgres(join(CACHE, name));
      rmSync(join(CACHE, name), { recursive: true, force: true });
    }
    mkdirSync(folder);
    say(`seeding ${rows} rows in each large table; the next run finds them`);
  }
  const postgres = await startPostgres({ dir: folder, port: await freePort() });
  if (isWhole) return postgres;
  try {
    await fill(postgres, rows, say);
    writeFileSync(join(folder, WHOLE), '');
    return postgres;
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** A connection that finds the tables of index and oracle, as those of the API do. */
export async function connectTo({ address }: Postgres): Promise<Client> {
  const db = new Client({ ...address, options: `-c search_path=public,${ORACLE_SCHEMA}` });
  await db.connect();
  return db;
}

async function fill(postgres: Postgres, rows: number, say: (line: string) => void): Promise<void> {
  const settings = { ...databaseEnvironment(postgres.address), ORACLE_SCHEMA };
  await applyMigrations(settings);
  const pool = openPool(settings, createLogger('dpin:bench'));
  await migrateOracleSchema(pool);
  await pool.end();
  const db = await connectTo(postgres);
  try {
    await db.query("SET maintenance_work_mem = '512MB'; SET synchronous_commit = off");
    await seed(db, rows, say);
  } finally {
    await db.end();
  }
}

function keyOfMakers(): string {
  const hash = createHash('sha256');
  for (const path of MAKERS) {
    const whole = join(PROJECT_ROOT, path);
    const files = path.startsWith('db/') ? readdirSync(whole).map((name) => join(whole, name)) : [whole];
    for (const file of files.sort()) hash.update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}
