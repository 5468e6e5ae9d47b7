import { AboveFinal, type Batch } from '../final-blocks';
import type { Block } from '../types';
import type { Endpoint } from './endpoint';
import { RpcFailure, TooLarge } from './failure';
import type { ChainReader, RangeReading } from './reader';
import {
  byHeight,
  type Header,
  type PlacedLog,
  type Range,
  requireTimeOrder,
  sameLogs,
  sizeOf,
  toBlock,
} from './shapes';

/** Ranges are sized so that one answer holds about this many logs: large enough for bulk writes, small in memory. */
const TARGET_LOGS = 4_000;
const FIRST_RANGE_BLOCKS = 50;
const MAX_RANGE_BLOCKS = 2_000;
/**
 * A range can hold more than its size promised: it is asked for anew, in halves, when it has far more, and one
 * transaction takes blocks up to about this many logs.
 */
const MAX_BATCH_LOGS = 10_000;
/**
 * Ranges asked for ahead of the one being processed. Two full ones are ready before they are needed; of the widest,
 * which have few logs, more fit into memory, and there is nothing to wait for but answers.
 */
const READ_AHEAD = 2;
const READ_AHEAD_OF_WIDEST = 4;
/**
 * Blocks without logs of ours, in each range, whose blooms are looked at, with one request: what is lost in every
 * hundredth of them is met once in 25 ranges.
 */
const SAMPLES = 4;
/** In so many blocks before the final head all blooms are looked at. */
export const NEAR_HEAD_BLOCKS = 256;
/** Up to this many stretches without logs are read again one by one: each costs a request. More are read as one range. */
const MAX_GAPS = 16;

/**
 * Final blocks in wide ranges, filtered by the endpoint: blocks without our logs cost nothing. No answer is believed
 * alone: docs/adr/0021 says what is compared with what.
 */
export class ColdReader {
  private rangeBlocks = FIRST_RANGE_BLOCKS;
  /** An endpoint left out logs: from then on the bloom of every block is looked at. */
  private lost = false;

  /** @param onBatch told of each batch, in order, before it is given out; `logs` of blocks left out are none */
  constructor(
    private readonly reader: ChainReader,
    private readonly onBatch: (range: Range, blocks: readonly Block[]) => void,
  ) {}

  /**
   * Batches of blocks with logs, in order; the last block of a batch is there even without logs, as the place reached.
   * @param finalHead newest final block; must not be below the range's end
   * @throws AboveFinal when it turns out to be
   */
  async *blocks(whole: Range, finalHead: number): AsyncIterable<Batch> {
    let next = whole.from;
    let ahead: { range: Range; reading: Promise<Block[] | undefined> }[] = [];
    const ask = () => {
      const most = this.rangeBlocks === MAX_RANGE_BLOCKS ? READ_AHEAD_OF_WIDEST : READ_AHEAD;
      while (ahead.length < most && next <= whole.to) {
        const range = { from: next, to: Math.min(whole.to, next + this.rangeBlocks - 1) };
        const reading = this.fetch(range, finalHead);
        // An error surfaces when its turn comes; until then it must not count as unhandled.
        reading.catch(() => undefined);
        ahead.push({ range, reading });
        next = range.to + 1;
      }
    };
    ask();
    let from = whole.from;
    for (let first = ahead.shift(); first !== undefined; first = ahead.shift()) {
      const blocks = await first.reading;
      if (blocks === undefined) {
        // What was asked for beyond it is likely to be too much as well.
        this.rangeBlocks = Math.max(1, Math.floor(sizeOf(first.range) / 2));
        next = first.range.from;
        ahead = [];
        ask();
        continue;
      }
      ask();
      for (const batch of batches(blocks)) {
        const to = (batch.at(-1) as Block).header.height;
        this.onBatch({ from, to }, batch);
        from = to + 1;
        yield { blocks: batch, isHead: to === whole.to };
      }
    }
  }

  /** @returns undefined for a range that has more logs than should be held at once, by any reading of it */
  private fetch(range: Range, finalHead: number): Promise<Block[] | undefined> {
    return this.reader.pool.withRetry((endpoint) => this.read(endpoint, range, finalHead)).catch(ifTooLarge);
  }

  /** @throws TooLarge, only for a range of several blocks */
  private async read(endpoint: Endpoint, range: Range, finalHead: number): Promise<Block[]> {
    // What was said when the whole range was fixed may have been wrong.
    const { finalHeight } = await this.reader.agreedHead(endpoint);
    if (finalHeight < range.to) throw new AboveFinal(`blocks are final up to ${finalHeight}, not ${range.to}`);
    const reading = await this.reader.range(endpoint, range, MAX_BATCH_LOGS);
    this.adapt(range, reading.logs.length);
    const blocks = await this.withHeaders(endpoint, range, reading);
    await this.check(endpoint, range, blocks, finalHead);
    const sorted = [...blocks.values()].sort((a, b) => a.header.height - b.header.height);
    return sorted.map(({ header, logs }) => toBlock(header, logs));
  }

  private async withHeaders(endpoint: Endpoint, range: Range, { logs, end }: RangeReading): Promise<Blocks> {
    const groups = byHeight(logs);
    const heights = [...groups.keys()].filter((height) => height !== range.to);
    const alone = [...(await this.reader.headers(endpoint, heights)), end];
    const headers = await this.reader.agreedHeaders(endpoint, alone);
    requireTimeOrder(headers);
    const blocks: Blocks = new Map();
    for (const header of headers) {
      const ofBlock = groups.get(header.height) ?? [];
      if (ofBlock.some(({ blockHash }) => blockHash !== header.hash)) {
        throw new RpcFailure('stale', `logs and header of block ${header.height} are of different chains`);
      }
      blocks.set(header.height, { header, logs: ofBlock });
    }
    return blocks;
  }

  /**
   * Compares the reading with the blooms at hand and with a second one. What does not fit is settled block by block;
   * and once an endpoint is found to have left out anything, the bloom of every block is looked at.
   */
  private async check(endpoint: Endpoint, range: Range, blocks: Blocks, finalHead: number): Promise<void> {
    for (const { header, logs } of [...blocks.values()]) {
      if (this.reader.judge(header, logs) === 'wrong') await this.settle(endpoint, blocks, header);
    }
    const second = await this.reader.pool.tryAnother(endpoint, (other) =>
      this.reader.range(other, range, MAX_BATCH_LOGS),
    );
    const doubtful = second
      ? differing(blocks, second)
      : (await this.readGapsAgain(endpoint, range, blocks)).map((logs) => logs.height);
    for (const header of await this.reader.headers(endpoint, [...new Set(doubtful)])) {
      await this.settle(endpoint, blocks, header);
    }
    await this.look(endpoint, blocks, this.lost ? [] : this.sample(range, blocks, finalHead));
    if (this.lost) await this.look(endpoint, blocks, heightsOf(gapsOf(range, blocks)));
  }

  /** Settles the blocks, of those without logs at these heights, whose blooms say otherwise. */
  private async look(endpoint: Endpoint, blocks: Blocks, heights: readonly number[]): Promise<void> {
    for (const header of await this.reader.headers(endpoint, heights)) {
      if (this.reader.judge(header, []) === 'wrong') await this.settle(endpoint, blocks, header);
    }
  }

  /**
   * With one endpoint, stretches without logs are asked for again, within other bounds: an answer that was lost, cut
   * off or kept by a cache comes then.
   */
  private async readGapsAgain(endpoint: Endpoint, range: Range, blocks: Blocks): Promise<PlacedLog[]> {
    const gaps = gapsOf(range, blocks);
    const again = gaps.length <= MAX_GAPS ? gaps : [{ from: range.from, to: Math.max(range.from, range.to - 1) }];
    const found: PlacedLog[] = [];
    for (const gap of again) {
      for (const [height, logs] of byHeight((await this.reader.range(endpoint, gap, MAX_BATCH_LOGS)).logs)) {
        if (!sameLogs(blocks.get(height)?.logs ?? [], logs)) found.push(...logs);
      }
    }
    return found;
  }

  /** Some blocks without logs; near the head all. */
  private sample(range: Range, blocks: Blocks, finalHead: number): number[] {
    const left = heightsOf(gapsOf(range, blocks));
    const near = left.filter((height) => height > finalHead - NEAR_HEAD_BLOCKS);
    const far = left.slice(0, left.length - near.length);
    return [...sampleOf(far), ...near];
  }

  private async settle(endpoint: Endpoint, blocks: Blocks, alone: Header): Promise<void> {
    const [header] = (await this.reader.agreedHeaders(endpoint, [alone])) as [Header];
    const before = blocks.get(header.height)?.logs ?? [];
    const logs = await this.reader.settle(header, endpoint);
    if (logs.length > 0 || blocks.has(header.height)) blocks.set(header.height, { header, logs });
    if (sameLogs(before, logs)) return;
    this.lost = true;
    this.reader.pool.distrust(endpoint, `logs of block ${header.height} were missing or wrong`);
  }

  private adapt(range: Range, logCount: number): void {
    const fitting = logCount === 0 ? MAX_RANGE_BLOCKS : Math.ceil((sizeOf(range) * TARGET_LOGS) / logCount);
    // At most doubling: a quiet stretch says little about the next one.
    this.rangeBlocks = Math.max(1, Math.min(fitting, this.rangeBlocks * 2, MAX_RANGE_BLOCKS));
  }
}

/** Some of the heights, each once; all where they are few. */
export function sampleOf<T>(all: readonly T[]): T[] {
  const left = [...all];
  return Array.from({ length: Math.min(SAMPLES, left.length) }, () => {
    return left.splice(Math.floor(Math.random() * left.length), 1)[0] as T;
  });
}

function ifTooLarge(error: unknown): undefined {
  if (!(error instanceof TooLarge)) throw error;
  return undefined;
}

/** Blocks of a range that are worth giving out, by height. */
type Blocks = Map<number, { header: Header; logs: PlacedLog[] }>;

/** Stretches of a range of which there is no block. */
function gapsOf(range: Range, blocks: Blocks): Range[] {
  const gaps: Range[] = [];
  let from = range.from;
  for (const height of [...blocks.keys()].sort((a, b) => a - b)) {
    if (height > from) gaps.push({ from, to: height - 1 });
    from = height + 1;
  }
  if (from <= range.to) gaps.push({ from, to: range.to });
  return gaps;
}

function heightsOf(ranges: readonly Range[]): number[] {
  return ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

/** Heights of which a second endpoint says something else. @throws RpcFailure when it is on another chain */
function differing(blocks: Blocks, { logs, end }: RangeReading): number[] {
  const groups = byHeight(logs);
  const otherHash = (height: number, hash: string) => (blocks.get(height)?.header.hash ?? hash) !== hash;
  const elsewhere = otherHash(end.height, end.hash)
    ? end.height
    : logs.find(({ height, blockHash }) => otherHash(height, blockHash))?.height;
  if (elsewhere !== undefined) throw new RpcFailure('unsound', `endpoints have different final blocks ${elsewhere}`);
  return [...new Set([...groups.keys(), ...blocks.keys()])].filter(
    (height) => !sameLogs(blocks.get(height)?.logs ?? [], groups.get(height) ?? []),
  );
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
