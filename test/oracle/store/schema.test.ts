import { createLogger } from '@subsquid/logger';
import { Pool } from 'pg';
import { databaseAddress } from '../../../src/config/database';
import { BatchStore } from '../../../src/oracle/store/batches';
import { Database, openPool } from '../../../src/oracle/store/database';
import { EpochStore } from '../../../src/oracle/store/epochs';
import { IdentityStore } from '../../../src/oracle/store/identity';
import { IncidentStore } from '../../../src/oracle/store/incidents';
import { migrateOracleSchema } from '../../../src/oracle/store/migrate';
import { StatusStore } from '../../../src/oracle/store/status';
import { startTestPostgres, type TestPostgres } from '../../support/postgres';

const log = createLogger('dpin:test');
let postgres: TestPostgres;
const databases: Database[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
}, 60_000);
afterAll(async () => {
  for (const database of databases) await database.pool.end();
  await postgres.remove();
});

async function reporterIn(schema: string): Promise<Database> {
  const pool = openPool({ ...postgres.env, DB_PORT: Number(postgres.env.DB_PORT), ORACLE_SCHEMA: schema }, log);
  const database = new Database(pool, log, new AbortController().signal);
  databases.push(database);
  await migrateOracleSchema(pool);
  return database;
}

/** How many rows each table of a schema has. */
async function rowCounts(database: Database): Promise<Record<string, number>> {
  const tables = await database.query<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema ORDER BY 1',
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await database.query<{ count: string }>(`SELECT count(*) FROM ${name}`);
    counts[name] = Number(row?.count);
  }
  return counts;
}

it('lets two reporters share a database without seeing each other', async () => {
  const first = await reporterIn('reporter_1');
  const second = await reporterIn('reporter_2');
  const untouched = await rowCounts(second);
  expect(Object.keys(untouched)).toEqual(
    expect.arrayContaining(['rounds', 'epochs', 'schema_version', 'transactions']),
  );

  await new IdentityStore(first).claim({ chainId: 1, oracle: '0xa', reporter: '0x1' });
  await new EpochStore(first).saveEmpty(1, 3, 'nothing was measured');
  await new BatchStore(first).setState(1, 0, 'waiting');
  await new StatusStore(first).error('only mine');
  await new IncidentStore(first).add({
    round: null,
    nodeId: null,
    remote: '127.0.0.1',
    kind: 'rate',
    closeCode: null,
    frameType: null,
    frameBytes: null,
    detail: '',
  });
  expect(await rowCounts(first)).toMatchObject({ identity: 1, epochs: 3, batches: 1, incidents: 1 });

  expect(await rowCounts(second)).toEqual(untouched);
  expect(await new EpochStore(second).find(1)).toBeUndefined();
  expect(await second.query('SELECT last_error FROM status')).toEqual([{ last_error: null }]);
  // Another account, which one shared schema would refuse.
  await new IdentityStore(second).claim({ chainId: 1, oracle: '0xa', reporter: '0x2' });
});

it('applies nothing again in a schema that is up to date', async () => {
  const database = await reporterIn('reporter_1');
  expect(await migrateOracleSchema(database.pool)).toEqual([]);
});

it('finds the list of applied files where releases with the schema in every statement kept it', async () => {
  const database = await reporterIn('oracle');
  const recorded = await database.query<{ name: string }>('SELECT name FROM oracle.schema_version ORDER BY name');
  expect(recorded.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['0001-rounds.sql', '0002-epochs.sql', '0003-rates.sql']),
  );
});

it('refuses to make its tables on a connection that is in no schema of a reporter', async () => {
  const pool = new Pool(databaseAddress(postgres.env));
  try {
    await expect(migrateOracleSchema(pool)).rejects.toThrow('search_path');
  } finally {
    await pool.end();
  }
});
