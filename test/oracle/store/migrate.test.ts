import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '@subsquid/logger';
import { ChallengeStore } from '../../../src/oracle/store/challenges';
import { Database, openPool } from '../../../src/oracle/store/database';
import { migrateOracleSchema } from '../../../src/oracle/store/migrate';
import { PROJECT_ROOT } from '../../../src/runtime/project';
import { startTestPostgres, type TestPostgres } from '../../support/postgres';

const log = createLogger('dpin:test');
/** The schema of the first release, whose challenges had a column for each of five parameters. */
const FIRST_RELEASE = ['0001-rounds.sql', '0002-epochs.sql', '0003-rates.sql'];

describe('a database of the first release', () => {
  let postgres: TestPostgres;
  let database: Database;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    const { DB_PORT, ...settings } = postgres.env;
    database = new Database(
      openPool({ ...settings, DB_PORT: Number(DB_PORT) }, log),
      log,
      new AbortController().signal,
    );
    const client = await database.pool.connect();
    await client.query('CREATE SCHEMA oracle; SET search_path TO oracle');
    await client.query('CREATE TABLE schema_version (name text PRIMARY KEY, applied_at timestamptz DEFAULT now())');
    for (const name of FIRST_RELEASE) {
      await client.query(await readFile(join(PROJECT_ROOT, 'db', 'oracle', name), 'utf8'));
      await client.query('INSERT INTO schema_version (name) VALUES ($1)', [name]);
    }
    await client.query(`INSERT INTO rounds (round, epoch, reporter, state, task, slot_start, slot_end, software)
      VALUES (7, 1, '0x', 'closed', 'gemm', now(), now(), 'test/1')`);
    const challenge = `INSERT INTO challenges (round, node_id, device, epoch, hardware_class, worker_key, operator,
      reward_recipient, task, n, w, t, k, m, task_seed, reference_per_ms, expected_ms, deadline_ms)`;
    await client.query(`${challenge} VALUES
      (7, 0, 0, 1, 0, '0x01', '0x02', '0x03', 'gemm', 512, 256, 8, 64, 2, '\\x00', 1, 1, 6000),
      (7, 1, 0, 1, 0, '0x01', '0x02', '0x03', 'tree', 6, 4, 0, 8, 0, '\\x00', 1, 1, 6000)`);
    client.release(true);
    expect(await migrateOracleSchema(database.pool)).toContain('0004-params.sql');
  });

  afterAll(async () => {
    await database.pool.end();
    await postgres.remove();
  });

  it('keeps what each challenge asked', async () => {
    const challenges = await new ChallengeStore(database).ofRound(7);
    expect(challenges.map(({ params }) => params)).toEqual([
      { task: 'gemm', n: 512, w: 256, T: 8, K: 64, m: 2 },
      { task: 'tree', n: 6, w: 4, T: 0, K: 8, m: 0 },
    ]);
  });

  it('takes a task of any name from then on', async () => {
    await database.query("UPDATE rounds SET task = 'memory' WHERE round = 7");
    await database.query("UPDATE challenges SET task = 'memory' WHERE round = 7 AND node_id = 1");
  });

  it('refuses to read parameters that no task has', async () => {
    await database.query(`UPDATE challenges SET params = '{"n": "much"}' WHERE round = 7`);
    await expect(new ChallengeStore(database).ofRound(7)).rejects.toThrow('sizes of gemm');
  });
});
