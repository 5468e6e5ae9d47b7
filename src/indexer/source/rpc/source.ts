import { indexedWrongly, noSuchBlock } from '../../failures';
import { asTheyBecomeFinal, type Batch, type Requests } from '../final-blocks';
import type { Block, BlockRef, HotState, HotUpdate, Log, LogFilter } from '../types';
import { ColdReader, NEAR_HEAD_BLOCKS, sampleOf } from './cold';
import type { Endpoint } from './endpoint';
import { RpcFailure } from './failure';
import { HeadFollower } from './head';
import { EndpointPool } from './pool';
import { ChainReader, type Finality, type SeenHeader } from './reader';
import { FinalRecord } from './record';
import { byHeight, type Header, type Range, sameHeader, sameLogs } from './shapes';

/** Each time so many blocks became final, the newest final ones are read again. */
export const READ_AGAIN_EVERY_BLOCKS = 32;

const BEHIND_MS = 60_000;

export interface RpcSourceOptions {
  urls: readonly string[];
  chainId: number;
  finality: Finality;
  filters: readonly LogFilter[];
  /** Pause between looks at the head. */
  headPollMs: number;
  /** Milliseconds a request may take; default 20 s. */
  timeoutMs?: number;
  /** Longest answer with the logs of several blocks; default 8 MB. */
  rangeBytes?: number;
  /** Milliseconds to wait for an endpoint that has a block which the index holds; default a minute. */
  behindMs?: number;
}

/** A block that came from elsewhere. */
interface CameBlock {
  header: Header;
  logs: Log[];
}

/**
 * Blocks with the logs of ours, filtered by the endpoints: final ones in wide ranges, those at the head one by one.
 * Fits into the place of the processor's own source, which fetches every block with all its logs.
 */
export class RpcSource {
  private readonly reader: ChainReader;
  private readonly record = new FinalRecord(NEAR_HEAD_BLOCKS);
  private readAgainAt = 0;

  constructor(private readonly options: RpcSourceOptions) {
    const pool = new EndpointPool(options.urls, options.chainId, options.timeoutMs);
    this.reader = new ChainReader(pool, options.finality, options.filters, options.rangeBytes);
  }

  async getFinalizedHeight(): Promise<number> {
    return finalHeightOf(this.reader);
  }

  /**
   * The newest block of the chain, as it was seen of late, else as an endpoint says it now; undefined when none does.
   * @param maxAgeMs how long ago it may have been seen
   */
  async newestBlock(maxAgeMs: number): Promise<SeenHeader | undefined> {
    const { reader } = this;
    const seen = reader.newestSeen;
    if (seen !== undefined && Date.now() - seen.seenAtMs < maxAgeMs) return seen;
    await reader.pool.tryFirst((endpoint) => reader.head(endpoint));
    return reader.newestSeen === seen ? undefined : reader.newestSeen;
  }

  /**
   * Hash of a block. Waits for an endpoint that has the block; that one which is further has none is a wrong answer.
   * @throws RetryableError when none has it for a while
   */
  async getBlockHash(height: number): Promise<string> {
    const untilMs = Date.now() + (this.options.behindMs ?? BEHIND_MS);
    return this.reader.pool.withRetry(async (endpoint) => {
      const hash = await this.reader.hashAt(endpoint, height);
      if (hash === undefined) {
        const isBehind = (await this.reader.height(endpoint)) < height;
        if (isBehind && Date.now() > untilMs) throw noSuchBlock(height);
        throw new RpcFailure(isBehind ? 'stale' : 'unsound', `no block ${height}`);
      }
      const other = await this.reader.pool.tryAnother(endpoint, (one) => this.reader.hashAt(one, height));
      if (other !== undefined && other !== hash) {
        throw new RpcFailure('unsound', `endpoints have different blocks ${height}: ${hash} and ${other}`);
      }
      return hash;
    });
  }

  /**
   * Hash of block 0, by which networks are told apart, as two endpoints say it where there are two; null where none
   * keeps it. @throws RetryableError when they do not come to one
   */
  async genesisHash(): Promise<string | null> {
    return this.reader.pool.withRetry(async (endpoint) => {
      const hash = await this.reader.hashAt(endpoint, 0);
      const other = await this.reader.pool.tryAnother(endpoint, (one) => this.reader.hashAt(one, 0));
      if (hash !== undefined && other !== undefined && other !== hash) {
        throw new RpcFailure('unsound', `endpoints have different blocks 0: ${hash} and ${other}`);
      }
      return hash ?? other ?? null;
    });
  }

  /**
   * Batches of final blocks with logs, in order; the last block of a batch is there even without logs.
   * @param stopOnHead ends at the finalized head instead of waiting for more
   */
  async *getFinalizedBlocks(requests: Requests, stopOnHead?: boolean): AsyncIterable<Batch> {
    yield* asTheyBecomeFinal(requests, {
      height: () => this.getFinalizedHeight(),
      read: (range, head) => this.cold(head).blocks(range, head),
      pollMs: this.options.headPollMs,
      stopOnHead,
    });
  }

  /** Follows the head from what the database holds; ends when the last wanted block is final. */
  async processHotBlocks(
    requests: Requests,
    state: HotState,
    update: (update: HotUpdate) => Promise<void>,
  ): Promise<void> {
    const [first, last] = [requests[0], requests.at(-1)];
    if (first === undefined || last === undefined) return;
    const range = { from: first.range.from, to: last.range.to ?? Number.POSITIVE_INFINITY };
    const options = { range, pollMs: this.options.headPollMs };
    const follower = new HeadFollower(this.reader, this.record, options, state, update);
    await follower.follow(() => this.readAgain());
  }

  /**
   * A block of the range that is not among those that came and has logs of ours, as far as the blooms of some show; near
   * the final head the blooms of all. For blocks that came from elsewhere.
   */
  async lacksLogs(range: Range, came: ReadonlySet<number>, finalHead: number): Promise<number | undefined> {
    const left: number[] = [];
    for (let height = range.from; height <= range.to; height++) if (!came.has(height)) left.push(height);
    const near = left.filter((height) => height > finalHead - NEAR_HEAD_BLOCKS);
    const looked = [...sampleOf(left.slice(0, left.length - near.length)), ...near];
    if (looked.length === 0) return undefined;
    return this.reader.pool.withRetry(async (endpoint) => {
      for (const header of await this.reader.headers(endpoint, looked)) {
        if (this.reader.judge(header, []) !== 'wrong') continue;
        if ((await this.reader.settle(header, endpoint)).length > 0) return header.height;
      }
      return undefined;
    });
  }

  /** A block, of some that came from elsewhere or of all, that is another at the endpoints. */
  async differs(blocks: readonly CameBlock[], all: boolean): Promise<number | undefined> {
    const compared = all ? blocks : sampleOf(blocks.filter(({ logs }) => logs.length > 0));
    if (compared.length === 0) return undefined;
    const heights = compared.map(({ header }) => header.height);
    return this.reader.pool.withRetry(async (endpoint) => {
      for (const [at, header] of (await this.reader.headers(endpoint, heights)).entries()) {
        const came = compared[at] as CameBlock;
        if (!sameHeader(header, came.header)) return header.height;
        if (sameLogs(came.logs, await this.reader.again(endpoint, header))) continue;
        if (!sameLogs(came.logs, await this.reader.settle(header, endpoint))) return header.height;
        this.reader.pool.distrust(endpoint, `logs of block ${header.height} were missing or wrong`);
      }
      return undefined;
    });
  }

  /** Notes final blocks that are given to the index: the newest ones are read again, now and then. */
  note(range: Range, blocks: Iterable<Pick<Block, 'logs'> & { header: BlockRef }>, finalHead: number): void {
    if (range.to > finalHead - NEAR_HEAD_BLOCKS) this.record.add(range, blocks);
  }

  private cold(head: number): ColdReader {
    return new ColdReader(this.reader, (range, blocks) => this.note(range, blocks, head));
  }

  /**
   * Reads the newest final blocks again, now and then, and compares them with what the index was given; at another
   * endpoint than they came from, where there is one.
   * @throws FatalError for a block that was indexed wrongly
   */
  private async readAgain(): Promise<void> {
    const range = this.record.range;
    if (range === undefined || range.to < this.readAgainAt) return;
    this.readAgainAt = range.to + READ_AGAIN_EVERY_BLOCKS;
    const { pool } = this.reader;
    const compare = async (endpoint: Endpoint) => {
      await this.compareAgain(endpoint, range);
      return true;
    };
    // A reading that fails is not worth waiting for: the next one is not far.
    await pool.tryFirst(async (endpoint) => (await pool.tryAnother(endpoint, compare)) ?? compare(endpoint));
  }

  private async compareAgain(endpoint: Endpoint, range: Range): Promise<void> {
    const { logs, end } = await this.reader.range(endpoint, range);
    const expected = this.record.hashAt(range.to);
    if (expected !== undefined && end.hash !== expected) {
      throw new RpcFailure('unsound', `it has another final block ${range.to} than the indexed ${expected}`);
    }
    const groups = byHeight(logs);
    for (let height = range.from; height <= range.to; height++) {
      if (this.record.compare(height, groups.get(height) ?? []) === 'same') continue;
      const [header] = (await this.reader.headers(endpoint, [height])) as [Header];
      const settled = await this.reader.settle(header, endpoint);
      if (this.record.compare(height, settled) === 'news') throw indexedWrongly(height, header.hash, settled.length);
      this.reader.pool.distrust(endpoint, `logs of block ${height} were missing or wrong`);
    }
  }
}

function finalHeightOf(reader: ChainReader): Promise<number> {
  return reader.pool.withRetry(async (endpoint) => (await reader.agreedHead(endpoint)).finalHeight);
}
