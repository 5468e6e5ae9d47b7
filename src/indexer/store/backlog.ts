import { type DataSource, QueryFailedError } from 'typeorm';
import { RetryableError } from '../../runtime/errors';
import { rowsRefused } from '../failures';
import type { BlockRef } from '../source/types';
import { type BulkStatement, bulkStatement, byKnownRelations } from './bulk-writes';
import { type Head, indexedHead } from './freshness';
import { persist } from './persist';
import { withReferences } from './relations';
import { RowCache } from './row-cache';
import type { EntityClass, IndexStore, StoreEntity } from './table';

/** Everything that final blocks change, ready to be written; a repetition needs nothing else. */
interface Write {
  prev: BlockRef;
  next: BlockRef;
  statements: BulkStatement[];
}

/** One statement takes so many rows at most: its arrays are held as text. */
const ROWS_A_STATEMENT = 10_000;

export interface BacklogOptions {
  source: DataSource;
  /** Waited for before each attempt to write. */
  permission(): Promise<void>;
  /** Told of what a batch cannot be written for, at once; the next call tells it too. */
  onFailure(error: Error): void;
}

/**
 * Writes final blocks: what is final is never taken back, so nothing has to be noted for that. While one batch is
 * written the next one is fetched, decoded and applied, on the rows that the batches before left in memory. One batch
 * is under way at most. Rows and place on the chain are written in one transaction: a process killed at any moment goes
 * on after the last batch that was written.
 */
export class Backlog {
  private readonly cache = new RowCache();
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: BacklogOptions) {}

  /**
   * Takes a batch in; returns when it is about to be written and may still fail, which the next call tells, or
   * `settled`.
   */
  async transact(prev: BlockRef, next: BlockRef, map: (store: IndexStore) => Promise<void>): Promise<void> {
    this.cache.age();
    const store = new BacklogStore(this.cache, this.options.source, () => this.settled());
    await map(store);
    await this.settled();
    this.writing = this.write({ prev, next, statements: store.statements });
    this.writing.catch(this.options.onFailure);
  }

  /** Resolves when everything taken in is written. @throws what it could not be written for */
  settled(): Promise<void> {
    return this.writing;
  }

  private async write(write: Write): Promise<void> {
    const { source, permission } = this.options;
    await persist(async (attempt) => {
      await permission();
      // A connection can break between commit and its answer.
      if (attempt > 0 && (await isWritten(source, write.next))) return;
      await source.transaction('READ COMMITTED', async (manager) => {
        const [, moved] = await manager.query(...asOne(write));
        if (moved === 1) return;
        throw new RetryableError('Somebody else moved the index on', {
          from: write.prev.height,
          to: write.next.height,
        });
      });
    }).catch(async (error) => {
      throw isWrong(error) ? await refusal(source, write, error) : error;
    });
  }
}

/**
 * All that a batch writes as one statement, which Postgres does or does not do: while it works on it this process is
 * free for the next batch, where a statement for each table would wait for its turn in between. The parts write
 * different rows, so their order does not matter.
 */
function asOne({ prev, next, statements }: Write): [sql: string, parameters: unknown[]] {
  const parameters: unknown[] = [next.height, next.hash, prev.height, prev.hash];
  const parts = statements.map((statement, index) => {
    const sql = statement.sql(parameters.length);
    parameters.push(...statement.parameters);
    return `part_${index} AS (${sql})`;
  });
  const move =
    'UPDATE squid_processor.status SET height = $1, hash = $2, nonce = nonce + 1 ' +
    'WHERE id = 0 AND height = $3 AND hash = $4';
  return [parts.length > 0 ? `WITH ${parts.join(', ')} ${move}` : move, parameters];
}

/** True for data that Postgres will never take: out of range (class 22), a constraint (class 23). */
function isWrong(error: unknown): boolean {
  return error instanceof QueryFailedError && /^2[23]/.test((error as { code?: string }).code ?? '');
}

/** Finds the table that does not take its rows, by writing them again, each alone and in vain. */
async function refusal(source: DataSource, { prev, next, statements }: Write, whole: Error): Promise<Error> {
  const runner = source.createQueryRunner();
  try {
    for (const { table, sql, parameters } of statements) {
      await runner.startTransaction();
      const error = await runner.query(sql(0), parameters).then(
        () => undefined,
        (reason: Error) => reason,
      );
      await runner.rollbackTransaction();
      if (error) return rowsRefused(table, prev.height + 1, next.height, error);
    }
    return whole;
  } finally {
    await runner.release();
  }
}

async function isWritten(source: DataSource, head: BlockRef): Promise<boolean> {
  const rows: unknown[] = await source.query(
    'SELECT 1 FROM squid_processor.status WHERE id = 0 AND height = $1 AND hash = $2',
    [head.height, head.hash],
  );
  return rows.length > 0;
}

/** One batch: reads through the rows in memory, collects what is to be written. */
class BacklogStore implements IndexStore {
  readonly statements: BulkStatement[] = [];

  constructor(
    private readonly cache: RowCache,
    private readonly source: DataSource,
    private readonly settled: () => Promise<void>,
  ) {}

  async all<E extends StoreEntity>(entity: EntityClass<E>): Promise<E[]> {
    const held = this.cache.all(entity);
    if (held) return held;
    // Until now nobody asked for these rows, so some may only be under way to the database.
    await this.settled();
    const rows = await persist(() => this.source.manager.find(entity, withReferences(entity)));
    this.cache.keepAll(entity, rows);
    return rows;
  }

  async byIds<E extends StoreEntity>(entity: EntityClass<E>, ids: string[]): Promise<E[]> {
    if (!this.cache.isKept(entity)) {
      await this.settled();
      this.cache.keep(entity);
    }
    const found: E[] = [];
    const missing: string[] = [];
    for (const id of ids) {
      const row = this.cache.get(entity, id);
      if (row) found.push(row);
      else missing.push(id);
    }
    if (missing.length === 0 || this.cache.isWhole(entity)) return found;
    const rows = await persist(() => this.source.manager.find(entity, withReferences(entity, missing)));
    for (const row of rows) this.cache.put(entity, row);
    return found.concat(rows);
  }

  async insert<E extends StoreEntity>(entity: EntityClass<E>, rows: E[]): Promise<void> {
    this.write(entity, rows, 'insert');
  }

  async upsert<E extends StoreEntity>(entity: EntityClass<E>, rows: E[]): Promise<void> {
    for (const group of byKnownRelations(this.source.getMetadata(entity), rows)) this.write(entity, group, 'upsert');
  }

  async setHead(head: Head): Promise<void> {
    this.statements.push(indexedHead(head));
  }

  private write<E extends StoreEntity>(entity: EntityClass<E>, rows: E[], mode: 'insert' | 'upsert'): void {
    const metadata = this.source.getMetadata(entity);
    for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
      this.statements.push(bulkStatement(metadata, rows.slice(start, start + ROWS_A_STATEMENT), mode));
    }
    if (!this.cache.isKept(entity)) return;
    for (const row of rows) {
      // As if it came from the database, with ids in the place of rows, so that rows do not hold each other in memory.
      const columns = row as Record<string, unknown>;
      for (const { propertyName } of metadata.manyToOneRelations) {
        const referred = columns[propertyName] as StoreEntity | null | undefined;
        if (referred) columns[propertyName] = { id: referred.id };
      }
      this.cache.put(entity, row);
    }
  }
}
