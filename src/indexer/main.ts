import { createLogger } from '@subsquid/logger';
import { QueryFailedError } from 'typeorm';
import { connectChain } from '../chain/connect';
import type { SettingsOf } from '../config/settings';
import { FatalError, RetryableError } from '../runtime/errors';
import { handlerTable, indexBatch, logFilters } from './batch';
import { IndexingError, reorgBelowFinality, shortReason } from './failures';
import { HANDLERS } from './handlers';
import { createProcessor } from './source/processor';
import { IndexDatabase, persist } from './store/database';
import { applyMigrations } from './store/schema';

const log = createLogger('dpin:indexer');

/** Pause between looks at the head; blocks come every 0.45 s on BNB Chain, every second on a devnet. */
const HEAD_POLL_MS = 500;

export interface IndexerOptions {
  /** Last block to index; absent: follow the chain for ever. */
  toBlock?: number;
  /** Called after every batch with the number of events in it. */
  onBatch?: (events: number, lastBlock: number) => void;
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
 * @throws FatalError for a wrong chain, deployment or a reorg below finality; RetryableError when the endpoint stays
 * away at the start. While Postgres or the endpoint is away later it waits, and says so.
 */
export async function startIndexer(settings: SettingsOf<'indexer'>, options: IndexerOptions = {}): Promise<Indexer> {
  const chain = await connectChain(settings);
  const { deployment } = chain;
  for (const name of await persist(() => applyMigrations(settings))) log.info({ name }, 'migration applied');

  const table = handlerTable(HANDLERS, deployment.contracts);
  const database = new IndexDatabase(settings);
  const processor = createProcessor({
    rpcUrl: settings.RPC_URL,
    finalityBlocks: settings.FINALITY_BLOCKS,
    fromBlock: deployment.deployBlock,
    toBlock: options.toBlock,
    filters: logFilters(table),
    source: settings.INDEX_SOURCE,
    headPollMs: HEAD_POLL_MS,
  });
  log.info({ fromBlock: deployment.deployBlock, events: HANDLERS.length, source: settings.INDEX_SOURCE }, 'indexing');

  /** A reorg below finality shows as a failed assertion deep in the processor, so look whether it was one. */
  const reorgedBelow = async (): Promise<FatalError | undefined> => {
    const final = await database.finalHead();
    if (final === undefined) return undefined;
    const block = await chain.provider.send('eth_getBlockByNumber', [`0x${final.height.toString(16)}`, false]);
    return block?.hash === final.hash ? undefined : reorgBelowFinality(final.height, final.hash, block?.hash);
  };
  const finished = processor
    .run(database, async (store, blocks) => {
      const events = await indexBatch(table, store, blocks);
      options.onBatch?.(events, blocks.at(-1)?.header.height ?? 0);
    })
    .catch(async (error) => {
      throw (await reorgedBelow().catch(() => undefined)) ?? orRetryable(error);
    })
    .finally(() => chain.provider.destroy());
  return { finished, drained: () => database.drained() };
}

/** Errors of ours and refusals by Postgres stay; what comes from endpoint and processor may pass by starting again. */
function orRetryable(error: unknown): unknown {
  const kinds = [FatalError, RetryableError, IndexingError, QueryFailedError];
  if (kinds.some((kind) => error instanceof kind)) return error;
  return new RetryableError(`Indexing stopped: ${shortReason(error)}`, {}, { cause: error });
}
