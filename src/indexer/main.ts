import { createLogger } from '@subsquid/logger';
import { QueryFailedError } from 'typeorm';
import { firstBlock, type StartBlocks } from '../chain/start-blocks';
import { networkOf } from '../config/networks';
import { rpcUrls, type SettingsOf } from '../config/settings';
import { FatalError, RetryableError } from '../runtime/errors';
import { handlerTable, indexBatch, logFilters } from './batch';
import { reorgBelowFinality, shortReason } from './failures';
import { HANDLERS } from './handlers';
import { watchHead } from './head-watch';
import { isMintedBy, whatToIndex } from './network';
import { epochClockOf } from './rules/same-constants';
import type { NetworkMark } from './rules/same-network';
import { createProcessor } from './source/processor';
import type { Finality, SeenHeader } from './source/rpc/reader';
import type { BlockRef } from './source/types';
import { IndexDatabase } from './store/database';
import { takeIndexLock } from './store/index-lock';
import { claimDatabase, withBeginnings } from './store/network-mark';
import { persist } from './store/persist';
import { applyMigrations } from './store/schema';
import { requireWhole } from './store/whose';

const log = createLogger('dpin:indexer');

/** Pause between looks at the head; blocks come every 0.45 s on BNB Chain, every second on a devnet. */
export const HEAD_POLL_MS = 500;

/** A transaction under way when the process is told to stop has this long to finish; then it is left to be rolled back. */
export const DRAIN_MS = 4_000;

export interface IndexerOptions {
  /** Last block to index; absent: follow the chain for ever. */
  toBlock?: number;
  /** Called after every batch with the number of events in it. */
  onBatch?: (events: number, lastBlock: number) => void;
  /** Ends the wait for the lock; the rest is the caller's to end. */
  signal?: AbortSignal;
}

/** A running indexer. */
export interface Indexer {
  /** Resolves after `toBlock`; rejects with what stopped it. */
  readonly finished: Promise<void>;
  /** Resolves when no transaction is under way, so that the process may end. */
  drained(): Promise<void>;
}

/**
 * Indexes the network's events into Postgres, from where the database stands, applying pending migrations first.
 * @throws FatalError for a wrong chain, deployment, another indexer on the database or a reorg below finality;
 * RetryableError when the endpoint stays away at the start. While Postgres or the endpoint is away later it waits, and
 * says so.
 */
export async function startIndexer(settings: SettingsOf<'indexer'>, options: IndexerOptions = {}): Promise<Indexer> {
  const wanted = await whatToIndex(settings);
  const { deployment, constants } = wanted;
  const clock = epochClockOf(constants);
  const { toBlock = Number.POSITIVE_INFINITY, signal = new AbortController().signal } = options;
  const lock = await takeIndexLock({ settings, log, signal });
  const orRelease = async (error: unknown): Promise<never> => {
    await lock.release();
    throw error;
  };
  const migrated = async () => {
    await requireWhole(settings, (height) => isMintedBy(settings, wanted, height));
    return applyMigrations(settings);
  };
  const applied = await persist(migrated).catch(orRelease);
  for (const name of applied) log.info({ name }, 'migration applied');
  const mark = await persist(() => withBeginnings(settings, wanted.mark)).catch(orRelease);
  const starts = { ...wanted.starts, ...startsOf(mark) };
  const fromBlock = firstBlock(starts);

  const table = handlerTable(HANDLERS, deployment.contracts);
  const database = new IndexDatabase({
    settings,
    firstBlock: fromBlock,
    finalHeight: async () => Math.min(toBlock, await processor.finalHeight()),
    permission: () => lock.held(),
  });
  const processor = createProcessor({
    rpcUrls: rpcUrls(settings.RPC_URL),
    chainId: settings.CHAIN_ID,
    finality: finalityOf(settings),
    fromBlock,
    toBlock: options.toBlock,
    filters: logFilters(table, deployment.contracts, starts),
    source: settings.INDEX_SOURCE,
    archive: archiveAddress(settings),
    headPollMs: HEAD_POLL_MS,
  });
  /** The chain must have the newest final block of the index: a reorg below finality ends in what no row can tell. */
  const onChain = async ({ height, hash }: BlockRef): Promise<void> => {
    const now = await processor.blockHash(height);
    if (now !== hash) throw reorgBelowFinality(height, hash, now);
  };
  /** A reorg below finality shows as a failed assertion deep in the processor, so look whether it was one. */
  const reorgedBelow = async (): Promise<Error | undefined> => {
    const final = await database.finalHead();
    return (
      final &&
      onChain(final).then(
        () => undefined,
        (error: Error) => (error instanceof FatalError ? error : undefined),
      )
    );
  };
  // What was asked first came from one endpoint; a wrong hash in the mark would refuse every later start.
  const claim = async () => {
    const genesisHash = await processor.genesisHash();
    return claimDatabase(settings, { ...mark, genesisHash }, constants, onChain);
  };
  await persist(claim).catch(orRelease);
  log.info({ fromBlock, events: HANDLERS.length, source: settings.INDEX_SOURCE }, 'indexing');

  const ended = new AbortController();
  const noteHead = ({ header, seenAtMs }: SeenHeader) =>
    database.noteChainHead(
      { height: header.height, time: new Date(header.timestampSeconds * 1000) },
      new Date(seenAtMs),
    );
  void watchHead(processor.newestBlock, noteHead, AbortSignal.any([signal, ended.signal]));
  const indexed = async () => {
    await processor.run(database, async (store, blocks) => {
      const events = await indexBatch(table, clock, store, blocks);
      const last = blocks.at(-1)?.header;
      if (last) await store.setHead({ height: last.height, time: new Date(last.timestamp) });
      options.onBatch?.(events, last?.height ?? 0);
    });
    await database.caughtUp();
  };
  const finished = Promise.race([indexed(), database.failed, lock.lost])
    .catch(async (error) => {
      if (error instanceof FatalError) throw error;
      throw (await reorgedBelow().catch(() => undefined)) ?? stoppedBy(error);
    })
    .finally(() => {
      ended.abort();
      return lock.release();
    });
  return { finished, drained: () => database.drained() };
}

function startsOf({ contracts }: NetworkMark): StartBlocks {
  return Object.fromEntries(
    Object.entries(contracts).flatMap(([name, contract]) => (contract ? [[name, contract.fromBlock]] : [])),
  );
}

/** The processor's own source keeps unfinalized blocks apart only up to so many. */
const MOST_FINALITY_BLOCKS_OF_RPC = 199;

/**
 * When a block counts as final, by the settings and else by the network.
 * @throws FatalError when INDEX_SOURCE cannot hold as many unfinalized blocks
 */
export function finalityOf({ FINALITY_BLOCKS: setting, CHAIN_ID, INDEX_SOURCE }: SettingsOf<'indexer'>): Finality {
  const finality = setting === 'network' ? networkOf(CHAIN_ID).indexFinality : { tag: false, blocks: setting };
  if (INDEX_SOURCE === 'rpc' && finality.blocks > MOST_FINALITY_BLOCKS_OF_RPC) {
    throw new FatalError(
      `FINALITY_BLOCKS: ${finality.blocks} is more than INDEX_SOURCE=rpc can hold, ${MOST_FINALITY_BLOCKS_OF_RPC}`,
      'Set INDEX_SOURCE=filtered, or FINALITY_BLOCKS to what your endpoint guarantees.',
    );
  }
  return finality;
}

function archiveAddress(settings: SettingsOf<'indexer'>): { url: string; key: string } {
  const { INDEX_SOURCE: source, INDEX_ARCHIVE_URL: url, INDEX_ARCHIVE_KEY: key } = settings;
  if (url === '' && (source === 'gateway' || source === 'portal')) {
    throw new FatalError(
      `INDEX_ARCHIVE_URL is not set, and INDEX_SOURCE is ${source}`,
      'Set it to the data set of the chain, for example INDEX_ARCHIVE_URL=https://portal.sqd.dev/datasets/binance-mainnet',
    );
  }
  return { url, key };
}

/** Errors of ours and refusals by Postgres stay; what comes from endpoint and processor may pass by starting again. */
function stoppedBy(error: unknown): unknown {
  const kinds = [FatalError, RetryableError, QueryFailedError];
  if (kinds.some((kind) => error instanceof kind)) return error;
  return new RetryableError(`Indexing stopped: ${shortReason(error)}`, {}, { cause: error });
}
