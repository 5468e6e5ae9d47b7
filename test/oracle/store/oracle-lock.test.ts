import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@subsquid/logger';
import { Client } from 'pg';
import { databaseAddress } from '../../../src/config/database';
import type { LifetimeLock } from '../../../src/database/lifetime-lock';
import { Database, openPool } from '../../../src/oracle/store/database';
import { type OracleLockOptions, takeOracleLock } from '../../../src/oracle/store/oracle-lock';
import { FatalError, RetryableError } from '../../../src/runtime/errors';
import { lastWords } from '../../../src/runtime/exit';
import { startChild, type TestChild } from '../../support/child';
import { startTestPostgres, type TestPostgres } from '../../support/postgres';
import { until } from '../../support/until';

const log = createLogger('dpin:test');
const IDENTITY = { chainId: 31337, oracle: `0x${'0a'.repeat(20)}`, reporter: `0x${'0b'.repeat(20)}` };
const OTHER_ACCOUNT = { ...IDENTITY, reporter: `0x${'0c'.repeat(20)}` };

describe("the oracle's lock", () => {
  let postgres: TestPostgres;
  const locks: LifetimeLock[] = [];
  const children: TestChild[] = [];

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(locks.splice(0).map((lock) => lock.release()));
  });

  afterAll(() => postgres.remove());

  const inSchema = (schema: string) => ({ ...postgres.env, ORACLE_SCHEMA: schema });

  async function take(schema = 'oracle', over: Partial<OracleLockOptions> = {}): Promise<LifetimeLock> {
    const signal = new AbortController().signal;
    const settings = inSchema(schema);
    const lock = await takeOracleLock({ settings, identity: IDENTITY, log, signal, graceMs: 700, ...over });
    locks.push(lock);
    return lock;
  }

  /** Another process that holds the lock. */
  async function holder(): Promise<TestChild> {
    const child = startChild(join(__dirname, 'lock-child.js'), { settings: inSchema('oracle'), identity: IDENTITY });
    children.push(child);
    await Promise.race([once(child.stdout!, 'data'), child.done]);
    return child;
  }

  async function query<R>(text: string, values: unknown[] = []): Promise<R[]> {
    const client = new Client(databaseAddress(postgres.env));
    await client.connect();
    try {
      return (await client.query(text, values)).rows as R[];
    } finally {
      await client.end();
    }
  }

  /** Process ids in Postgres of the sessions that hold locks, or try to. */
  async function sessions(): Promise<number[]> {
    const text = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'dpin oracle lock%'";
    return (await query<{ pid: number }>(text)).map(({ pid }) => pid);
  }

  async function endSessions(): Promise<void> {
    for (const pid of await sessions()) await query('SELECT pg_terminate_backend($1)', [pid]);
  }

  async function refusal(taking: Promise<LifetimeLock>): Promise<FatalError> {
    const error = await taking.then(
      () => new Error('the lock was given'),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(FatalError);
    return error as FatalError;
  }

  it('ends a second oracle on the same schema, and says who has it and what to do', async () => {
    const first = await holder();
    const error = await refusal(take('oracle', { identity: OTHER_ACCOUNT }));
    expect(error.message).toContain('schema oracle');
    const { text, code } = lastWords(error);
    expect(code).toBe(1);
    expect(text).toContain(`pid ${first.pid}`);
    expect(text).toContain('Stop that one first');
    expect(text).toMatch(/pg_terminate_backend\(\d+\)/);
    expect(text).toMatch(/since: \d{4}-\d\d-\d\dT/);
  });

  it('ends a second oracle with the same account on another schema of the database', async () => {
    await take('oracle');
    const error = await refusal(take('oracle_2'));
    expect(error.message).toContain(IDENTITY.reporter);
  });

  it('lets another account work on another schema of the database, and the same one on another chain', async () => {
    await take('oracle');
    expect((await take('oracle_2', { identity: OTHER_ACCOUNT })).isHeld()).toBe(true);
    expect((await take('oracle_3', { identity: { ...IDENTITY, chainId: 97 } })).isHeld()).toBe(true);
  });

  it('is free again when its process was killed with SIGKILL', async () => {
    const first = await holder();
    first.kill('SIGKILL');
    expect((await take('oracle', { graceMs: 12_000 })).isHeld()).toBe(true);
  });

  it('is free at once when it was given back', async () => {
    const first = await take();
    await first.release();
    expect(first.isHeld()).toBe(false);
    await expect(first.held()).rejects.toThrow('given back');
    expect((await take('oracle', { graceMs: 5_000 })).isHeld()).toBe(true);
  });

  it('is taken again after Postgres was killed, before anything else is written', async () => {
    const lock = await take();
    const { signal } = new AbortController();
    const database = new Database(openPool(postgres.env, log), log, signal, () => lock.held());
    try {
      await database.query('SELECT 1');
      process.kill(postgres.pid, 'SIGKILL');
      await until('the end of the session', () => !lock.isHeld());
      const heldWhenWritten = database.query('SELECT 1').then(() => lock.isHeld());
      await sleep(1_000);
      postgres = await postgres.restart();
      expect(await heldWhenWritten).toBe(true);
      expect((await refusal(take())).message).toContain('schema oracle');
    } finally {
      await database.pool.end();
    }
  });

  it('keeps everybody from writing while somebody else has it, and ends the process when that one keeps it', async () => {
    const lock = await take('oracle', { graceMs: 2_000 });
    const { signal } = new AbortController();
    const database = new Database(openPool(postgres.env, log), log, signal, () => lock.held());
    const thief = new Client(databaseAddress(postgres.env));
    await thief.connect();
    try {
      const [row] = await query<{ key: string }>(
        "SELECT (classid::bigint << 32 | objid::bigint)::text AS key FROM pg_locks WHERE locktype = 'advisory' LIMIT 1",
      );
      // First in the queue: it has the lock the moment the session ends.
      const stolen = thief.query('SELECT pg_advisory_lock($1)', [row!.key]);
      await until('the thief to wait', async () => (await query('SELECT 1 FROM pg_locks WHERE NOT granted'))[0]);
      await endSessions();
      await stolen;
      await until('the end of the session', () => !lock.isHeld());
      let isWritten = false;
      const writing = database.query('SELECT 1').then(() => {
        isWritten = true;
      });
      const refused = expect(writing).rejects.toThrow(RetryableError);
      const error = await lock.lost.catch((reason: unknown) => reason);
      expect(lastWords(error)).toMatchObject({ code: 75, text: expect.stringContaining('Another oracle works') });
      await refused;
      expect(isWritten).toBe(false);
    } finally {
      await thief.end();
      await database.pool.end();
    }
  });

  it('goes on when its session was ended and nobody else took it', async () => {
    const lock = await take();
    const before = await sessions();
    await endSessions();
    await until('another session', async () => {
      const [after] = await sessions();
      return after !== undefined && after !== before[0];
    });
    await lock.held();
    expect((await refusal(take())).message).toContain('schema oracle');
  });

  it('notices a session that does not answer any more', async () => {
    const lock = await take();
    const [pid] = await sessions();
    process.kill(pid!, 'SIGSTOP');
    try {
      await until('the client to give it up', () => !lock.isHeld());
    } finally {
      process.kill(pid!, 'SIGCONT');
    }
    await lock.held();
  });
});
