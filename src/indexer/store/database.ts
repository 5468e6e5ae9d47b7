import { createLogger } from '@subsquid/logger';
import { TypeormDatabase } from '@subsquid/typeorm-store';
import type { FinalTxInfo, HotDatabase, HotDatabaseState, HotTxInfo } from '@subsquid/util-internal-processor-tools';
import type { DataSource } from 'typeorm';
import type { DatabaseSettings } from '../../config/database';
import type { BlockRef } from '../source/types';
import { Backlog } from './backlog';
import { BulkDataSource } from './bulk-writes';
import { createFreshness, type Head, setChainHead } from './freshness';
import { finalHeadOf, headOf } from './heads';
import { ormOptions } from './orm';
import { persist } from './persist';
import { buildMissingIndexes } from './schema';
import { dropIndexes } from './secondary-indexes';
import type { IndexStore } from './table';
import { TrackedStore } from './tracked-store';

const log = createLogger('dpin:indexer:db');

/** A backlog of fewer final blocks is not worth building the indexes for. */
const BACKLOG_BLOCKS = 200;

export interface IndexDatabaseOptions {
  settings: DatabaseSettings;
  /** First block that can have rows. */
  firstBlock: number;
  /** The last block that will be read as a final one, as far as is known at the start. */
  finalHeight(): Promise<number>;
  /** Waited for before each transaction: whoever writes must have the index's lock. */
  permission(): Promise<void>;
}

/**
 * The processor's database, kept going while Postgres is away: connecting and transactions are tried again with
 * backoff. A transaction is tried again only when it was not committed: a connection can break between commit and its
 * answer.
 *
 * Final blocks are written in bulk (`Backlog`); when most of the chain is still to come, without secondary indexes,
 * which are built before the first block that is not final. Blocks that a reorg may drop go through the processor's own
 * store, which notes how to take them back.
 */
export class IndexDatabase implements HotDatabase<IndexStore> {
  readonly supportsHotBlocks = true;
  private readonly tracked: TrackedDatabase;
  private backlog?: Backlog;
  private hasHotBlocks = true;
  private isCaughtUp = false;
  private running: Promise<unknown> = Promise.resolve();
  private fail!: (error: Error) => void;
  /** Rejects with what final blocks could not be written for. */
  readonly failed = new Promise<never>((_, reject) => {
    this.fail = reject;
  });

  constructor(private readonly options: IndexDatabaseOptions) {
    this.tracked = new TrackedDatabase(options.settings);
    this.failed.catch(() => undefined);
  }

  async connect(): Promise<HotDatabaseState> {
    const state = await persist(() => this.tracked.connect());
    await persist(async () => createFreshness(this.source.manager, await headOf(this.source.manager)));
    const { firstBlock, finalHeight } = this.options;
    this.hasHotBlocks = state.top.length > 0;
    const done = Math.max(0, state.height - firstBlock + 1);
    const left = (await finalHeight()) - Math.max(state.height, firstBlock - 1);
    if (left >= BACKLOG_BLOCKS && left > done) {
      const indexes = await persist(() => dropIndexes(this.source));
      if (indexes > 0) log.info({ blocks: left, indexes }, 'catching up without secondary indexes');
    }
    return state;
  }

  async transact(info: FinalTxInfo, map: (store: IndexStore) => Promise<void>): Promise<void> {
    const { prevHead, nextHead } = info;
    if (!this.hasHotBlocks) {
      const { permission } = this.options;
      this.backlog ??= new Backlog({ source: this.source, permission, onFailure: (error) => this.fail(error) });
      return this.during(this.backlog.transact(prevHead, nextHead, map));
    }
    // The blocks that were not final when the last process ended go first, by what the store noted of them.
    await this.track(() => this.tracked.transact(info, (store) => map(new TrackedStore(store))), nextHead.hash);
    this.hasHotBlocks = false;
  }

  async transactHot2(
    info: HotTxInfo,
    map: (store: IndexStore, from: number, to: number) => Promise<void>,
  ): Promise<void> {
    await this.caughtUp();
    this.hasHotBlocks = true;
    // The rows that it has in memory are not to outlive what somebody else writes.
    this.backlog = undefined;
    const work = () => this.tracked.transactHot2(info, (store, from, to) => map(new TrackedStore(store), from, to));
    await this.track(work, info.newBlocks.at(-1)?.hash);
  }

  transactHot(info: HotTxInfo, map: (store: IndexStore, block: BlockRef) => Promise<void>): Promise<void> {
    return this.transactHot2(info, async (store, from, to) => {
      for (const block of info.newBlocks.slice(from, to)) await map(store, block);
    });
  }

  /** Resolves when all final blocks taken in are written and no index is missing. */
  async caughtUp(): Promise<void> {
    await this.backlog?.settled();
    if (this.isCaughtUp) return;
    await this.during(persist(() => buildMissingIndexes(this.options.settings)));
    this.isCaughtUp = true;
  }

  /** Resolves when no transaction is under way; used to stop between two. */
  async drained(): Promise<void> {
    await this.running.catch(() => undefined);
    await this.backlog?.settled().catch(() => undefined);
  }

  /** The newest final block that is indexed; undefined before the first. */
  async finalHead(): Promise<BlockRef | undefined> {
    return this.tracked.source && finalHeadOf(this.tracked.source.manager);
  }

  /** Notes how far the chain is; beside all transactions, which neither wait for it nor fail with it. */
  async noteChainHead(head: Head, seenAt: Date): Promise<void> {
    if (this.tracked.source?.isInitialized) await setChainHead(this.source.manager, head, seenAt);
  }

  private get source(): DataSource {
    return this.tracked.source as DataSource;
  }

  private during<T>(work: Promise<T>): Promise<T> {
    this.running = work;
    return work;
  }

  private async track(work: () => Promise<void>, headHash: string | undefined): Promise<void> {
    const unlessCommitted = async (attempt: number) => {
      await this.options.permission();
      if (attempt > 0 && headHash !== undefined && (await this.holds(headHash))) return;
      await work();
    };
    await this.during(persist(unlessCommitted));
  }

  /** Whether a block with this hash is the newest that the database holds. */
  private async holds(hash: string): Promise<boolean> {
    return (await headOf(this.source.manager))?.hash === hash;
  }
}

/** The processor's own database, on the index's entities, with writes in bulk. */
class TrackedDatabase extends TypeormDatabase {
  source?: DataSource;

  constructor(private readonly settings: DatabaseSettings) {
    super({ supportHotBlocks: true });
  }

  protected override async initializeDataSource(): Promise<DataSource> {
    this.source = await new BulkDataSource(ormOptions(this.settings)).initialize();
    return this.source;
  }
}
