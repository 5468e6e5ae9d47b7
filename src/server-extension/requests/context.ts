import type { OpenreaderContext } from '@subsquid/openreader/lib/context';
import type { Query } from '@subsquid/openreader/lib/sql/query';
import { LazyTransaction } from '@subsquid/openreader/lib/util/lazy-transaction';
import { ResponseSizeLimit } from '@subsquid/openreader/lib/util/limit';
import { GraphQLError } from 'graphql';
import type { DataSource, EntityManager } from 'typeorm';
import { monotonicMs } from '../../runtime/clock';
import { knownFailure, tookTooLong, tooManyValues } from '../errors';

/** With less than this part of its time left, a statement gets what is left; until then the session's limit will do. */
const ENOUGH = 7 / 8;

let requests = 0;

/** Thrown to a request that was taken to have one statement, and has another. */
class OneStatement extends Error {}

/** Counts the values that the lists of the index may put into an answer, as OpenReader plans them. */
class AnswerSize extends ResponseSizeLimit {
  private values = 0;

  constructor(private readonly allowed: number) {
    super(allowed);
  }

  /** @throws GraphQLError with their number when there are too many */
  override check(count: (left: number) => number): void {
    const more = Math.max(0, count(this.allowed - this.values));
    this.values = Math.min(this.values + more, Number.MAX_SAFE_INTEGER);
    if (this.values > this.allowed) throw tooManyValues(this.values, this.allowed);
  }
}

/** How the statements of a request run. */
export interface RequestTime {
  /** Of all statements together, from the first on. */
  timeMs: number;
  /** The moment by which they must have ended. */
  untilMs: number;
}

/**
 * What one request may do with the database: its statements run one after the other in one transaction, which sees one
 * state, and all of them together within a time. One that has a single statement needs no words around it.
 */
export class RequestContext implements OpenreaderContext {
  readonly id = ++requests;
  readonly dbType = 'postgres';
  readonly responseSizeLimit: ResponseSizeLimit;
  private startMs: number | undefined;
  private readonly tx: LazyTransaction<EntityManager>;
  private last: Promise<unknown> = Promise.resolve();
  private failure: unknown;
  private statements = 0;

  /**
   * @param source whose sessions end a statement after `timeMs`
   * @param responseNodes values that the answer may have
   * @param isSingle it is taken to have one statement
   */
  constructor(
    private readonly source: DataSource,
    private readonly time: RequestTime,
    responseNodes: number,
    private readonly isSingle: boolean,
  ) {
    this.responseSizeLimit = new AnswerSize(responseNodes);
    this.tx = new LazyTransaction((work) => source.transaction(work));
  }

  /** Whether it took too long. */
  get ranOut(): boolean {
    return this.failure instanceof GraphQLError && this.failure.extensions?.['code'] === 'QUERY_TIMEOUT';
  }

  /** Whether it was wrong that it has one statement: then nothing that it says is an answer. */
  get hadMore(): boolean {
    return this.failure instanceof OneStatement;
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
    this.statements += 1;
    if (this.isSingle) {
      if (this.statements > 1) throw new OneStatement();
      return this.source.query(sql, [...parameters]);
    }
    const manager = await this.tx.get();
    const { timeMs, untilMs } = this.time;
    const nowMs = monotonicMs();
    this.startMs ??= nowMs;
    const leftMs = Math.ceil(Math.min(this.startMs + timeMs, untilMs) - nowMs);
    if (leftMs <= 0) throw tookTooLong();
    if (leftMs < timeMs * ENOUGH) await manager.query(`SET LOCAL statement_timeout = ${leftMs}`);
    return manager.query(sql, [...parameters]);
  }
}
