import type { Logger } from '@subsquid/logger';
import { Pool, type PoolClient, type QueryResultRow } from 'pg';
import { type DatabaseSettings, databaseAddress, NOTICE_DEAD_CLIENTS } from '../../config/database';
import type { MetricsOf } from '../../config/metrics';
import { SteadyClient } from '../../database/client';
import { SESSION } from '../../database/session';
import { backoffMs } from '../../runtime/backoff';
import { isDatabaseAway, isTransactionConflict } from '../../runtime/database-away';
import { NO_METRICS } from '../../runtime/metrics';
import { retry } from '../../runtime/patience';

/** Where a reporter's tables lie: several reporters may share a database, each with a schema of its own. */
export interface OracleDatabaseSettings extends DatabaseSettings {
  ORACLE_SCHEMA: string;
}

/** Rounds wait for the database: it is asked again more often than a distant endpoint would be. */
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 3_200;

/** Startup options of a connection that finds the oracle's tables: statements name no schema. */
export function inSchema(schema: string): string {
  return `${SESSION} -c search_path=${schema}`;
}

/** No statement of the oracle takes a tenth of it. */
const ANSWER_MS = 20_000;
/** Postgres ends a statement so much before nobody waits for it any more, so that its repetition does not meet it. */
const SOONER_MS = 500;

/**
 * Opens a pool of connections that work in the reporter's schema.
 * A connection that breaks while idle is logged, not thrown: the next query opens another.
 * @param answerMs a statement that has no answer by then counts as lost with its connection
 */
export function openPool(settings: OracleDatabaseSettings, log: Logger, answerMs = ANSWER_MS): Pool {
  const pool = new Pool({
    ...databaseAddress(settings),
    Client: SteadyClient,
    max: 8,
    // A line that has gone silent answers never and fails never.
    query_timeout: answerMs,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    application_name: 'dpin oracle',
    options: [
      inSchema(settings.ORACLE_SCHEMA),
      NOTICE_DEAD_CLIENTS,
      `-c statement_timeout=${answerMs - SOONER_MS}`,
      // What a transaction whose line went silent has locked is free again when its repetition needs it.
      `-c idle_in_transaction_session_timeout=${answerMs - SOONER_MS}`,
    ].join(' '),
  });
  pool.on('error', (error) => log.debug({ error: error.message }, 'idle database connection lost'));
  return pool;
}

/** One statement's runner: the pool or a transaction's client. */
export interface Queryable {
  query<R extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

/**
 * Postgres that may be away: every call is repeated with backoff until it works or the process stops. A call whose
 * connection broke may have taken effect, so every statement given to it must be one that may run twice.
 */
export class Database implements Queryable {
  private away = false;

  constructor(
    readonly pool: Pool,
    private readonly log: Logger,
    private readonly signal: AbortSignal,
    /** Waited for before every attempt: whoever writes must have the oracle's lock (oracle-lock.ts). */
    private readonly permission: () => Promise<void> = async () => undefined,
    private readonly metrics: MetricsOf<'oracle'> = NO_METRICS,
  ) {}

  /**
   * Rows of one statement. @throws the database's own error when repeating cannot help, the signal's reason when
   * stopping
   */
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
    const permitted = async () => {
      await this.permission();
      return work();
    };
    const result = await retry(permitted, {
      isTransient: (error) => isDatabaseAway(error) || isTransactionConflict(error),
      onFailure: ({ error }) => {
        if (!this.away) this.log.warn({ error: error.message }, 'database is away, trying again');
        this.away = true;
        this.metrics.add('dpin_oracle_database_waits_total', {});
      },
      delayMs: (attempt) => backoffMs(attempt, FIRST_WAIT_MS, LONGEST_WAIT_MS),
      signal: this.signal,
    });
    if (this.away) this.log.info('database is back');
    this.away = false;
    return result;
  }
}

function queryable(client: PoolClient): Queryable {
  return { query: async (text, values = []) => (await client.query(text, [...values])).rows };
}
