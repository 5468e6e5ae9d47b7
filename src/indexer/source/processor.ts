import { EvmBatchProcessor } from '@subsquid/evm-processor';
import type { Store } from '@subsquid/typeorm-store';
import { Runner, type RunnerConfig } from '@subsquid/util-internal-processor-tools';
import type { IndexDatabase } from '../store/database';
import { FilteredRpcSource, type RpcCaller } from './filtered';
import { makePatient } from './patient';
import type { Block, LogFilter } from './types';

/** How finalized blocks are fetched; unfinalized ones always come from the processor's own RPC source. */
export type FinalizedSource = 'filtered' | 'rpc';

export interface ProcessorOptions {
  rpcUrl: string;
  finalityBlocks: number;
  /** First block that can have logs of ours. */
  fromBlock: number;
  /** Last block to index; absent: go on for ever. */
  toBlock?: number;
  filters: readonly LogFilter[];
  source: FinalizedSource;
  /** Pause between looks at the head. */
  headPollMs: number;
}

/** What the index needs of a processor; another implementation replaces this file only. */
export interface Processor {
  /**
   * Calls `handle` once per batch of blocks, in a transaction of `database`. Ends after `toBlock`, or rejects with what
   * stopped it; lost connections to the endpoint are retried without end and said so in the log.
   */
  run(database: IndexDatabase, handle: (store: Store, blocks: readonly Block[]) => Promise<void>): Promise<void>;
}

/** Simultaneous requests to the endpoint, and calls per request. */
const RPC_CAPACITY = 10;
const RPC_BATCH = 100;
const RPC_TIMEOUT_MS = 30_000;

type Config = RunnerConfig<unknown, Store>;
/** Members of the processor that are private to it but stable in the pinned version. */
interface ProcessorInternals {
  getChainRpcClient(): RpcCaller;
  getBatchRequests(): Config['requests'];
  getHotDataSource(): NonNullable<Config['hotDataSource']>;
  getPrometheusServer(): Config['prometheus'];
  getLogger(): Config['log'];
}

/**
 * SQD's batch processor over RPC, taken apart at two places: its own `run` ends the whole process on any error, and its
 * RPC source fetches every finalized block with all logs, where ours filters on the endpoint.
 */
export function createProcessor(options: ProcessorOptions): Processor {
  const processor = new EvmBatchProcessor()
    .setRpcEndpoint({
      url: options.rpcUrl,
      capacity: RPC_CAPACITY,
      maxBatchCallSize: RPC_BATCH,
      requestTimeout: RPC_TIMEOUT_MS,
    })
    .setRpcDataIngestionSettings({ headPollInterval: options.headPollMs })
    .setFinalityConfirmation(options.finalityBlocks)
    .setBlockRange({ from: options.fromBlock, to: options.toBlock })
    .setFields({ log: { transactionHash: true } });
  for (const { address, topics } of options.filters) processor.addLog({ address: [address], topic0: topics });
  const parts = processor as unknown as ProcessorInternals;
  const hotDataSource = parts.getHotDataSource();
  makePatient(hotDataSource);

  return {
    run: (database, handle) =>
      new Runner<unknown, Store>({
        database,
        requests: parts.getBatchRequests(),
        archive:
          options.source === 'filtered'
            ? new FilteredRpcSource(parts.getChainRpcClient(), options.finalityBlocks, options.filters)
            : undefined,
        hotDataSource,
        prometheus: parts.getPrometheusServer(),
        log: parts.getLogger(),
        process: (store, batch) => handle(store, batch.blocks as unknown as Block[]),
      }).run(),
  };
}
