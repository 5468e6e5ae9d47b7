import { EvmBatchProcessor } from '@subsquid/evm-processor';
import { type HotDatabase, Runner, type RunnerConfig } from '@subsquid/util-internal-processor-tools';
import { Gateway } from './archive/gateway';
import { Portal } from './archive/portal';
import { ArchiveSource } from './archive/source';
import { makePatient } from './patient';
import type { Finality, SeenHeader } from './rpc/reader';
import { RpcSource } from './rpc/source';
import type { Block, LogFilter } from './types';

/**
 * Where blocks come from: `filtered` asks the endpoints for our logs only; `gateway` and `portal` take final blocks
 * from an archive of SQD first; `rpc` is the processor's own source, which fetches every block with all its logs.
 */
export type SourceName = 'filtered' | 'rpc' | 'gateway' | 'portal';

export interface ProcessorOptions {
  /** Endpoints of the chain, the preferred one first; `rpc` uses that one only. */
  rpcUrls: readonly string[];
  chainId: number;
  finality: Finality;
  /** First block that can have logs of ours. */
  fromBlock: number;
  /** Last block to index; absent: go on for ever. */
  toBlock?: number;
  filters: readonly LogFilter[];
  source: SourceName;
  /** Of the gateway or Portal. */
  archive: { url: string; key: string };
  /** Pause between looks at the head. */
  headPollMs: number;
}

/**
 * What the index needs of a processor. Another implementation replaces this file and, in `src/indexer/store`, what knows
 * the processor's database: database.ts, tracked-store.ts and rewind.ts.
 */
export interface Processor {
  /**
   * Calls `handle` once per batch of blocks, in a transaction of `database`. Ends after `toBlock`, or rejects with what
   * stopped it; lost connections to the endpoints are retried without end and said so in the log.
   */
  run<S>(database: HotDatabase<S>, handle: (store: S, blocks: readonly Block[]) => Promise<void>): Promise<void>;
  /** Hash of a block as the chain has it now. @throws RetryableError when no endpoint has the block */
  blockHash(height: number): Promise<string>;
  /** Hash of block 0; null where no endpoint keeps it. */
  genesisHash(): Promise<string | null>;
  /** Number of the newest block that is final now. */
  finalHeight(): Promise<number>;
  /** The newest block, seen not longer ago than this; undefined when no endpoint tells. */
  newestBlock(maxAgeMs: number): Promise<SeenHeader | undefined>;
}

/** Of the processor's own source: simultaneous requests to the endpoint, and calls per request. */
const RPC_CAPACITY = 10;
const RPC_BATCH = 100;
const RPC_TIMEOUT_MS = 30_000;

type Config = RunnerConfig<unknown, never>;
type HotSource = NonNullable<Config['hotDataSource']>;
/** Members of the processor that are private to it but stable in the pinned version. */
interface ProcessorInternals {
  getBatchRequests(): Config['requests'];
  getHotDataSource(): HotSource;
  getPrometheusServer(): Config['prometheus'];
  getLogger(): Config['log'];
}

interface RunnerInternals {
  startPrometheusServer(): Promise<void>;
}

/**
 * SQD's batch processor, taken apart at two places: its own `run` ends the whole process on any error, and its RPC
 * source fetches every block with all logs, where ours filters on the endpoint.
 */
export function createProcessor(options: ProcessorOptions): Processor {
  const { filters, headPollMs, finality } = options;
  const processor = new EvmBatchProcessor()
    .setRpcEndpoint({
      url: options.rpcUrls[0] as string,
      capacity: RPC_CAPACITY,
      maxBatchCallSize: RPC_BATCH,
      requestTimeout: RPC_TIMEOUT_MS,
    })
    .setRpcDataIngestionSettings({ headPollInterval: headPollMs })
    .setFinalityConfirmation(finality.blocks)
    .setBlockRange({ from: options.fromBlock, to: options.toBlock })
    .setFields({ log: { transactionHash: true } });
  for (const { address, topics, fromBlock: from } of filters) {
    processor.addLog({ address: [address], topic0: topics, range: { from } });
  }
  const parts = processor as unknown as ProcessorInternals;

  const ours = new RpcSource({ urls: options.rpcUrls, chainId: options.chainId, finality, filters, headPollMs });
  const hotDataSource = options.source === 'rpc' ? parts.getHotDataSource() : (ours as unknown as HotSource);
  if (options.source === 'rpc') makePatient(hotDataSource);

  return {
    run: <S>(database: HotDatabase<S>, handle: (store: S, blocks: readonly Block[]) => Promise<void>) => {
      const runner = new Runner<unknown, S>({
        database,
        requests: parts.getBatchRequests(),
        archive: archiveOf(options, ours),
        hotDataSource,
        prometheus: parts.getPrometheusServer(),
        log: parts.getLogger(),
        process: (store, batch) => handle(store, batch.blocks as unknown as Block[]),
      });
      // It would listen on every address of the machine, at a port of its choice.
      (runner as unknown as RunnerInternals).startPrometheusServer = async () => undefined;
      return runner.run();
    },
    blockHash: (height) => ours.getBlockHash(height),
    genesisHash: () => ours.genesisHash(),
    finalHeight: () => ours.getFinalizedHeight(),
    newestBlock: (maxAgeMs) => ours.newestBlock(maxAgeMs),
  };
}

function archiveOf({ source, archive, filters, headPollMs }: ProcessorOptions, chain: RpcSource): Config['archive'] {
  if (source !== 'gateway' && source !== 'portal') return undefined;
  const client = source === 'portal' ? new Portal(archive, filters) : new Gateway(archive, filters);
  return new ArchiveSource(client, chain, filters, headPollMs) as unknown as Config['archive'];
}
