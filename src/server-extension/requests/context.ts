import type { OpenreaderContext } from '@subsquid/openreader/lib/context';
import type { Query } from '@subsquid/openreader/lib/sql/query';
import { LazyTransaction } from '@subsquid/openreader/lib/util/lazy-transaction';
import { ResponseSizeLimit } from '@subsquid/openreader/lib/util/limit';
import type { DataSource, EntityManager } from 'typeorm';
import { monotonicMs } from '../../runtime/clock';
import { knownFailure, tookTooLong } from '../errors';
import type { ApiLimits } from '../limits';

/** Statements of a request that has taken so long get what is left of its time; until then that of the session will do. */
const LONG_MS = 250;

let requests = 0;

/**
 * What one request may do with the database: its statements run one after the other in one transaction, which sees one
 * state, and all of them together within the time of the request.
 */
export class RequestContext implements OpenreaderContext {
  readonly id = ++requests;
  readonly dbType = 'postgres';
  readonly responseSizeLimit: ResponseSizeLimit;
  private readonly startMs = monotonicMs();
  private readonly tx: LazyTransaction<EntityManager>;
  private last: Promise<unknown> = Promise.resolve();
  private failure: unknown;

  constructor(
    source: DataSource,
    private readonly limits: ApiLimits,
  ) {
    this.responseSizeLimit = new ResponseSizeLimit(limits.responseNodes);
    this.tx = new LazyTransaction((work) => source.transaction(work));
  }

  /** Rows of a statement as objects. @throws the database's error; a GraphQLError once the time of the request is over */
  query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const done = this.last.then(() => this.inTime<Row>(sql, parameters));
    this.last = done.catch(() => undefined);
    return done;
  }

  /** For the resolvers of the index. */
  async executeQuery<T>(query: Query<T>): Promise<T> {
    const rows = await this.query<Record<string, unknown>>(query.sql, query.params);
    return query.map(rows.map((row) => Object.values(row)));
  }

  /** For our own resolvers, which ask for nothing but rows. */
  async getEntityManager(): Promise<Pick<EntityManager, 'query'>> {
    return { query: (sql: string, parameters?: unknown[]) => this.query(sql, parameters) as Promise<never> };
  }

  subscription(): never {
    throw new Error('there are no subscriptions');
  }

  /** Ends the transaction. What failed in it was told by its statements. */
  async close(): Promise<void> {
    await this.tx.close().catch(() => undefined);
  }

  private async inTime<Row>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    // It ended the transaction; what Postgres says of later statements is only that.
    if (this.failure !== undefined) throw this.failure;
    try {
      return await this.run<Row>(sql, parameters);
    } catch (error) {
      this.failure = knownFailure(error) ?? error;
      throw this.failure;
    }
  }

  private async run<Row>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    const manager = await this.tx.get();
    const takenMs = monotonicMs() - this.startMs;
    const leftMs = Math.ceil(this.limits.deadlineMs - takenMs);
    if (leftMs <= 0) throw tookTooLong();
    if (takenMs > LONG_MS) await manager.query(`SET LOCAL statement_timeout = ${leftMs}`);
    return manager.query(sql, [...parameters]);
  }
}
