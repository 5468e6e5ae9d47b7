import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createLogger } from '@subsquid/logger';
import type { Pool } from 'pg';
import { Database, openPool } from '../../../src/oracle/store/database';
import { startTestPostgres, type TestPostgres } from '../../support/postgres';

const ANSWER_MS = 1_000;
const CONNECTIONS = 8;

describe('a line to Postgres that goes silent', () => {
  const log = createLogger('dpin:test');
  const stop = new AbortController();
  const lines: Socket[] = [];
  let postgres: TestPostgres;
  let proxy: Server;
  let pool: Pool;
  let database: Database;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    const { DB_HOST, DB_PORT } = postgres.env;
    proxy = createServer((near) => {
      const far = connect(Number(DB_PORT), DB_HOST);
      for (const line of [near, far]) line.on('error', () => undefined);
      near.pipe(far).pipe(near);
      lines.push(near, far);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    pool = openPool({ ...postgres.env, DB_PORT: port }, log, ANSWER_MS);
    database = new Database(pool, log, stop.signal);
  });

  afterAll(async () => {
    stop.abort(new Error('done'));
    for (const line of lines) line.destroy();
    await pool.end();
    proxy.close();
    await postgres.remove();
  });

  /** Nothing of what is sent arrives any more, and nothing says so. */
  const silence = () => {
    for (const line of lines) {
      line.unpipe();
      line.pause();
    }
  };

  it('holds up no statement for ever: it is made again over a new connection', async () => {
    await Promise.all(Array.from({ length: CONNECTIONS }, () => database.query('SELECT pg_sleep(0.2)')));
    silence();
    const answers = Array.from({ length: CONNECTIONS + 1 }, (_, n) => database.query('SELECT $1::int AS n', [n]));
    expect(await Promise.all(answers)).toEqual(answers.map((_, n) => [{ n }]));
  });

  it('holds up no transaction either, which runs again whole', async () => {
    let runs = 0;
    const sum = await database.transaction(async (tx) => {
      if (runs++ === 0) silence();
      const [row] = await tx.query<{ sum: number }>('SELECT 1 + 1 AS sum');
      return row?.sum;
    });
    expect([sum, runs]).toEqual([2, 2]);
  });
});
