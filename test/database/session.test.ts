import { createLogger } from '@subsquid/logger';
import { databaseAddress } from '../../src/config/database';
import { LifetimeLock } from '../../src/database/lifetime-lock';
import { lockHolders } from '../../src/database/look';
import { openPool } from '../../src/oracle/store/database';
import { connect } from '../../src/server-extension/database';
import { startTestPostgres, type TestPostgres } from '../support/postgres';

const ASKED = `SELECT '2026-01-02T03:04:05Z'::timestamptz AS at, '{NULL}'::text[] AS list`;
const ANSWER = { at: new Date('2026-01-02T03:04:05Z'), list: [null] };

describe('a database for which an administrator set other forms of dates and arrays', () => {
  const log = createLogger('dpin:test');
  let postgres: TestPostgres;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    const pool = openPool(postgres.env, log);
    await pool.query(`ALTER DATABASE ${postgres.env.DB_NAME} SET datestyle = 'German, DMY'`);
    await pool.query(`ALTER DATABASE ${postgres.env.DB_NAME} SET array_nulls = off`);
    await pool.end();
  }, 60_000);
  afterAll(() => postgres.remove());

  it('is read right by the oracle', async () => {
    const pool = openPool(postgres.env, log);
    expect((await pool.query(ASKED)).rows).toEqual([ANSWER]);
    await pool.end();
  });

  it('is read right by the API', async () => {
    const address = { ...databaseAddress(postgres.env), oracleSchema: postgres.env.ORACLE_SCHEMA };
    const source = await connect(address, { name: 'test', connections: 1, statementMs: 5_000, waitMs: 5_000 });
    expect(await source.query(ASKED)).toEqual([ANSWER]);
    await source.destroy();
  });

  it('tells since when somebody has a lock', async () => {
    const options = {
      settings: postgres.env,
      claims: [{ key: ['test'], taken: 'taken' }],
      ...{ owner: 'test', advice: 'Stop it.', graceMs: 0, log, signal: new AbortController().signal },
    };
    const lock = await LifetimeLock.take(options);
    expect(await lockHolders(postgres.env)).toEqual([{ name: expect.any(String), since: expect.any(Date) }]);
    await expect(LifetimeLock.take(options)).rejects.toMatchObject({
      facts: { since: expect.stringMatching(/^20\d\d-.*Z$/) },
    });
    await lock.release();
  });
});
