import type { Logger } from '@subsquid/logger';
import { Pool, type PoolClient, type QueryResultRow } from 'pg';
import { backoffMs, sleep } from '../../runtime/backoff';

/** Connection settings as in the environment. */
export interface DatabaseSettings {
  DB_HOST: string;
  DB_PORT: number;
  DB_NAME: string;
  DB_USER: string;
  DB_PASS: string;
}

/** Connection lost, server starting or stopping, too many connections: passes by itself. */
const TRANSIENT_SQLSTATE = /^(08|57P0[1-3]|53300|40001|40P01)/;
const TRANSIENT_CODE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
const TRANSIENT_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/;

/** True when the same statement may work in a moment: Postgres is away, starting or stopping. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return TRANSIENT_CODE.has(code ?? '') || TRANSIENT_SQLSTATE.test(code ?? '') || TRANSIENT_TEXT.test(message ?? '');
}

/** Opens a pool. A connection that breaks while idle is logged, not thrown: the next query opens another. */
export function openPool(settings: DatabaseSettings, log: Logger): Pool {
  const pool = new Pool({
    host: settings.DB_HOST,
    port: settings.DB_PORT,
    database: settings.DB_NAME,
    user: settings.DB_USER,
    password: settings.DB_PASS,
    max: 8,
    connectionTimeoutMillis: 5_000,
    application_name: 'dpin oracle',
  });
  pool.on('error', (error) => log.debug({ error: error.message }, 'idle database connection lost'));
  return pool;
}

/** One statement's runner: the pool or a transaction's client. */
export interface Queryable {
  query<R extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

/**
 * Postgres that may be away: every call is repeated with backoff until it works or the process stops. A call whose connection broke
 * may have taken effect, so every statement given to it must be one that may run twice.
 */
export class Database implements Queryable {
  private away = false;

  constructor(
    readonly pool: Pool,
    private readonly log: Logger,
    private readonly signal: AbortSignal,
  ) {}

  /** Rows of one statement. @throws the database's own error when repeating cannot help, the signal's reason when stopping */
  query<R extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return this.patiently(async () => (await this.pool.query<R>(text, [...values])).rows);
  }

  /** Runs `work` in a transaction; the whole of it is repeated when the connection breaks. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.patiently(async () => {
      const client = await this.pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        const result = await work(queryable(client));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        if (isDatabaseAway(error)) broken = error as Error;
        else await client.query('ROLLBACK').catch((rollback: Error) => (broken = rollback));
        throw error;
      } finally {
        client.release(broken);
      }
    });
  }

  /** Repeats anything that talks to the database while it is away. */
  async patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      this.signal.throwIfAborted();
      try {
        const result = await work();
        if (this.away) this.log.info('database is back');
        this.away = false;
        return result;
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        if (!this.away) this.log.warn({ error: (error as Error).message }, 'database is away, trying again');
        this.away = true;
        await sleep(backoffMs(Math.min(attempt, 4)), this.signal);
      }
    }
  }
}

function queryable(client: PoolClient): Queryable {
  return { query: async (text, values = []) => (await client.query(text, [...values])).rows };
}
