import { createLogger } from '@subsquid/logger';
import { SnakeNamingStrategy } from '@subsquid/typeorm-config/lib/namingStrategy';
import { TypeormDatabase } from '@subsquid/typeorm-store';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { type DatabaseSettings, databaseAddress } from '../../config/database';
import * as model from '../../model';
import { isDatabaseAway } from '../../runtime/database-away';
import { retry } from '../../runtime/patience';
import { shortReason } from '../failures';
import { BulkDataSource } from './bulk-writes';

const log = createLogger('dpin:indexer:db');

/** Postgres must answer a connection attempt within this time, or it counts as away. */
const CONNECT_TIMEOUT_MS = 10_000;
/** A single statement of the index takes milliseconds; a minute means a lock that nobody releases. */
const STATEMENT_TIMEOUT_MS = 60_000;

type TransactArguments = Parameters<TypeormDatabase['transact']>;
type HotTransactArguments = Parameters<TypeormDatabase['transactHot2']>;

/** TypeORM options of the index: entities, and the naming that the ecosystem's codegen and migrations assume. */
export function ormOptions(settings: DatabaseSettings): DataSourceOptions {
  const { user: username, ...address } = databaseAddress(settings);
  return {
    type: 'postgres',
    ...address,
    username,
    namingStrategy: new SnakeNamingStrategy(),
    entities: Object.values(model).filter((value) => typeof value === 'function'),
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { statement_timeout: STATEMENT_TIMEOUT_MS, application_name: 'dpin-indexer' },
  };
}

/**
 * The processor's database, kept going while Postgres is away: connecting and transactions are tried again with
 * backoff. A transaction is tried again only when it was not committed: a connection can break between commit and its
 * answer.
 */
export class IndexDatabase extends TypeormDatabase {
  private source?: DataSource;
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly settings: DatabaseSettings) {
    super({ supportHotBlocks: true });
  }

  override connect(): ReturnType<TypeormDatabase['connect']> {
    return persist(() => super.connect());
  }

  override async transact(info: TransactArguments[0], map: TransactArguments[1]): Promise<void> {
    await this.track(() => super.transact(info, map), info.nextHead.hash);
  }

  override async transactHot2(info: HotTransactArguments[0], map: HotTransactArguments[1]): Promise<void> {
    await this.track(() => super.transactHot2(info, map), info.newBlocks.at(-1)?.hash);
  }

  /** Resolves when no transaction is under way; used to stop between two. */
  async drained(): Promise<void> {
    await this.running.catch(() => undefined);
  }

  /** The newest final block that is indexed; undefined before the first. */
  async finalHead(): Promise<{ height: number; hash: string } | undefined> {
    const rows = await this.source?.query(
      'SELECT height, hash FROM squid_processor.status WHERE id = 0 AND height >= 0',
    );
    return rows?.[0];
  }

  protected override async initializeDataSource(): Promise<DataSource> {
    this.source = await new BulkDataSource(ormOptions(this.settings)).initialize();
    return this.source;
  }

  private async track(work: () => Promise<void>, headHash: string | undefined): Promise<void> {
    const unlessCommitted = async (attempt: number) => {
      if (attempt > 0 && headHash !== undefined && (await this.holds(headHash))) return;
      await work();
    };
    this.running = persist(unlessCommitted);
    await this.running;
  }

  /** Whether a block with this hash is the newest that the database holds. */
  private async holds(hash: string): Promise<boolean> {
    const rows: { hash: string }[] = await (this.source as DataSource).query(
      `SELECT hash FROM (
         SELECT height, hash FROM squid_processor.hot_block
         UNION ALL SELECT height, hash FROM squid_processor.status
       ) heads ORDER BY height DESC LIMIT 1`,
    );
    return rows[0]?.hash === hash;
  }
}

/** Does the work, again and again with backoff while Postgres is away; `attempt` counts from 0. */
export function persist<T>(work: (attempt: number) => Promise<T>): Promise<T> {
  const saidWhenBack = async (attempt: number) => {
    const result = await work(attempt);
    if (attempt > 0) log.info({ attempts: attempt + 1 }, 'Postgres is back');
    return result;
  };
  return retry(saidWhenBack, {
    isTransient: isDatabaseAway,
    onFailure: ({ error, waitMs }) =>
      log.warn({ reason: shortReason(error), waitMs }, 'Postgres is away; trying again'),
  });
}
