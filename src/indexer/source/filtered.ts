import { z } from 'zod';
import { sleep } from '../../runtime/backoff';
import { RetryableError } from '../../runtime/errors';
import type { Block, LogFilter } from './types';

/** The calls that the source makes; failures of the connection are retried below it. */
export interface RpcCaller {
  call<T>(method: string, params?: unknown[]): Promise<T>;
  batchCall<T>(batch: { method: string; params?: unknown[] }[]): Promise<T[]>;
}

interface Range {
  from: number;
  to: number;
}

/** Ranges are sized so that one answer holds about this many logs: large enough for bulk writes, small in memory. */
const TARGET_LOGS = 4_000;
const FIRST_RANGE_BLOCKS = 50;
const MAX_RANGE_BLOCKS = 2_000;
/** A range can hold more than its size promised; one transaction takes blocks up to about this many logs. */
const MAX_BATCH_LOGS = 10_000;
/** Ranges asked for ahead of the one being processed. */
const READ_AHEAD = 3;
const HEAD_POLL_MS = 1_000;

const hexText = z.string().regex(/^0x[0-9a-fA-F]*$/);
const quantity = hexText.transform(Number);
const headerSchema = z.object({ number: quantity, hash: hexText, parentHash: hexText, timestamp: quantity });

/** A log as the endpoint gives it; checked by hand because there can be many millions of them. */
interface RpcLog {
  address: string;
  topics: string[];
  data: string;
  blockNumber: string;
  blockHash: string;
  logIndex: string;
  transactionHash: string;
}

/**
 * Finalized blocks by `eth_getLogs` with the filter applied by the endpoint, in wide ranges: blocks without our logs
 * cost nothing. The processor's own RPC source fetches every block with all its logs.
 */
export class FilteredRpcSource {
  private rangeBlocks = FIRST_RANGE_BLOCKS;
  private readonly addresses: string[];
  private readonly topics: string[];

  constructor(
    private readonly rpc: RpcCaller,
    private readonly finalityBlocks: number,
    filters: readonly LogFilter[],
  ) {
    this.addresses = [...new Set(filters.map(({ address }) => address))];
    this.topics = [...new Set(filters.flatMap(({ topics }) => topics))];
  }

  async getFinalizedHeight(): Promise<number> {
    return Math.max(0, quantity.parse(await this.rpc.call('eth_blockNumber')) - this.finalityBlocks);
  }

  async getBlockHash(height: number): Promise<string | undefined> {
    const block = headerSchema.nullable().parse(await this.rpc.call('eth_getBlockByNumber', [toHex(height), false]));
    return block?.hash;
  }

  /**
   * Batches of blocks with logs, in order; the last block of a batch is there even without logs, as the place reached.
   * @param stopOnHead ends at the finalized head instead of waiting for more
   */
  async *getFinalizedBlocks(
    requests: readonly { range: { from: number; to?: number } }[],
    stopOnHead?: boolean,
  ): AsyncIterable<{ blocks: Block[]; isHead: boolean }> {
    for (const { range } of requests) {
      const end = range.to ?? Number.POSITIVE_INFINITY;
      let next = range.from;
      while (next <= end) {
        const head = await this.getFinalizedHeight();
        if (next <= head) {
          yield* this.upTo({ from: next, to: Math.min(head, end) });
          next = head + 1;
        } else if (stopOnHead) return;
        else await sleep(HEAD_POLL_MS);
      }
    }
  }

  private async *upTo(whole: Range): AsyncIterable<{ blocks: Block[]; isHead: boolean }> {
    let next = whole.from;
    const ahead: Promise<Block[]>[] = [];
    const ask = () => {
      while (ahead.length < READ_AHEAD && next <= whole.to) {
        const range = { from: next, to: Math.min(whole.to, next + this.rangeBlocks - 1) };
        const blocks = this.fetch(range);
        // An error surfaces when its turn comes; until then it must not count as unhandled.
        blocks.catch(() => undefined);
        ahead.push(blocks);
        next = range.to + 1;
      }
    };
    ask();
    for (let first = ahead.shift(); first !== undefined; first = ahead.shift()) {
      const blocks = await first;
      ask();
      for (const batch of batches(blocks)) {
        yield { blocks: batch, isHead: batch.at(-1)?.header.height === whole.to };
      }
    }
  }

  private async fetch(range: Range): Promise<Block[]> {
    const logs = await this.logsOf(range);
    this.adapt(range, logs.length);
    const heights = new Set(logs.map(({ blockNumber }) => Number(blockNumber)));
    heights.add(range.to);
    const sorted = [...heights].sort((a, b) => a - b);
    const answers = await this.rpc.batchCall<unknown>(
      sorted.map((height) => ({ method: 'eth_getBlockByNumber', params: [toHex(height), false] })),
    );
    const blocks = new Map<number, Block>();
    answers.forEach((answer, index) => {
      const header = headerSchema.nullable().parse(answer);
      if (header === null) throw new RetryableError('RPC endpoint lacks a finalized block', { height: sorted[index] });
      const { number: height, hash, parentHash, timestamp } = header;
      blocks.set(height, { header: { height, hash, parentHash, timestamp: timestamp * 1000 }, logs: [] });
    });
    for (const log of logs) {
      const block = blocks.get(Number(log.blockNumber)) as Block;
      if (block.header.hash !== log.blockHash) {
        throw new RetryableError('RPC endpoint gave logs and header of different blocks', {
          height: block.header.height,
        });
      }
      block.logs.push({
        logIndex: Number(log.logIndex),
        transactionHash: log.transactionHash,
        address: log.address.toLowerCase(),
        topics: log.topics,
        data: log.data,
      });
    }
    for (const { logs } of blocks.values()) logs.sort((a, b) => a.logIndex - b.logIndex);
    return [...blocks.values()];
  }

  /** Endpoints refuse ranges that are too wide or too full, each in its own words: halve until it fits. */
  private async logsOf(range: Range): Promise<RpcLog[]> {
    const filter = {
      fromBlock: toHex(range.from),
      toBlock: toHex(range.to),
      address: this.addresses,
      topics: [this.topics],
    };
    try {
      return checkLogs(await this.rpc.call('eth_getLogs', [filter]), range);
    } catch (error) {
      if ((error as Error).name !== 'RpcError' || range.from === range.to) throw error;
      const middle = Math.floor((range.from + range.to) / 2);
      this.rangeBlocks = Math.max(1, Math.min(this.rangeBlocks, middle - range.from + 1));
      const first = await this.logsOf({ from: range.from, to: middle });
      return first.concat(await this.logsOf({ from: middle + 1, to: range.to }));
    }
  }

  private adapt(range: Range, logCount: number): void {
    const blocks = range.to - range.from + 1;
    const fitting = logCount === 0 ? MAX_RANGE_BLOCKS : Math.ceil((blocks * TARGET_LOGS) / logCount);
    // At most doubling: a quiet stretch says little about the next one.
    this.rangeBlocks = Math.max(1, Math.min(fitting, this.rangeBlocks * 2, MAX_RANGE_BLOCKS));
  }
}

/** Blocks in groups of at most MAX_BATCH_LOGS logs; a block is never divided. */
function* batches(blocks: readonly Block[]): Iterable<Block[]> {
  let batch: Block[] = [];
  let logs = 0;
  for (const block of blocks) {
    if (batch.length > 0 && logs + block.logs.length > MAX_BATCH_LOGS) {
      yield batch;
      batch = [];
      logs = 0;
    }
    batch.push(block);
    logs += block.logs.length;
  }
  yield batch;
}

const toHex = (height: number): string => `0x${height.toString(16)}`;

function checkLogs(answer: unknown, range: Range): RpcLog[] {
  const isText = (value: unknown): value is string => typeof value === 'string' && value.startsWith('0x');
  const isLog = (log: RpcLog | null) =>
    log !== null &&
    isText(log.address) &&
    isText(log.data) &&
    isText(log.blockHash) &&
    isText(log.transactionHash) &&
    isText(log.logIndex) &&
    Array.isArray(log.topics) &&
    log.topics.every(isText) &&
    Number(log.blockNumber) >= range.from &&
    Number(log.blockNumber) <= range.to;
  if (!Array.isArray(answer) || !answer.every(isLog)) {
    throw new RetryableError('RPC endpoint gave malformed logs', { ...range });
  }
  return answer;
}
