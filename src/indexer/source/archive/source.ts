import { FatalError } from '../../../runtime/errors';
import { asTheyBecomeFinal, type Batch, type Requests } from '../final-blocks';
import { BloomJudge } from '../rpc/bloom';
import { type Range, toBlock } from '../rpc/shapes';
import type { LogFilter } from '../types';
import type { Archive } from './archive';
import { ArchiveAway, WrongAnswer } from './http';
import type { ArchiveBlock } from './shapes';

/** A batch has about as many logs, or as many blocks. */
const TARGET_LOGS = 4_000;
const TARGET_BLOCKS = 2_000;
/** Or as many characters of data: few logs can be long. */
const TARGET_DATA = 16 * 2 ** 20;
/** Batches of which all blocks are compared with the chain's after one that was another. */
const COMPARE_ALL_BATCHES = 32;

/** What the chain's own endpoint says of the archive's blocks. */
export interface ChainCheck {
  /** Number of the newest block that is final. */
  getFinalizedHeight(): Promise<number>;
  /** Hash of a final block. @throws RetryableError when no endpoint has the block */
  getBlockHash(height: number): Promise<string>;
  /** A block of the range that has logs of ours and did not come, as far as some samples show; near the head all. */
  lacksLogs(range: Range, came: ReadonlySet<number>, finalHead: number): Promise<number | undefined>;
  /** A block that came and is another than the chain's, as far as some samples show, or all. */
  differs(blocks: readonly ArchiveBlock[], all: boolean): Promise<number | undefined>;
  /** Blocks of the range that are given out: near the head they are read again. */
  note(range: Range, blocks: readonly ArchiveBlock[], finalHead: number): void;
}

/** Final blocks from an archive, each batch checked against the chain. */
export class ArchiveSource {
  private readonly bloom: BloomJudge;
  /** Batches left of which all blocks are compared. */
  private compareAll = 0;

  constructor(
    private readonly archive: Archive,
    private readonly chain: ChainCheck,
    filters: readonly LogFilter[],
    private readonly pollMs: number,
  ) {
    this.bloom = new BloomJudge(filters);
  }

  /** Of the blocks that the archive has: what it calls final may not be. */
  async getFinalizedHeight(): Promise<number> {
    return Math.min(await this.archive.height(), await this.chain.getFinalizedHeight());
  }

  /** The chain's own word: what the archive says is compared with it batch by batch. */
  getBlockHash(height: number): Promise<string> {
    return this.chain.getBlockHash(height);
  }

  /** @throws FatalError when the archive is of another chain, or leaves out logs */
  async *getFinalizedBlocks(requests: Requests, stopOnHead?: boolean): AsyncIterable<Batch> {
    yield* asTheyBecomeFinal(requests, {
      height: () => this.getFinalizedHeight(),
      read: ({ from, to }) => this.upTo(from, to),
      pollMs: this.pollMs,
      stopOnHead,
    });
  }

  /** Batches of a range; ends before `to` when that turns out not to be final. */
  private async *upTo(from: number, to: number): AsyncIterable<Batch> {
    const reading = new Reading(this.archive, this.bloom, from, to);
    try {
      while (reading.next <= to) {
        const range = { from: reading.next, to };
        const blocks = await this.archive.http.patiently(async (progressed) => {
          const batch = await reading.batch();
          range.to = (batch.at(-1) as ArchiveBlock).header.height;
          const finalHead = await this.chain.getFinalizedHeight();
          // The height that the whole range was fixed by may have been wrong.
          if (range.to > finalHead) return undefined;
          await this.check(range, batch, finalHead).catch(async (error) => {
            await reading.back();
            throw error;
          });
          progressed();
          this.chain.note(range, batch, finalHead);
          return batch;
        });
        if (blocks === undefined) return;
        yield { blocks: blocks.map(({ header, logs }) => toBlock(header, logs)), isHead: range.to === to };
      }
    } finally {
      await reading.close();
    }
  }

  /** @throws WrongAnswer for a block that may be right next time; FatalError for what does not come by chance */
  private async check(range: Range, blocks: readonly ArchiveBlock[], finalHead: number): Promise<void> {
    const { hash } = (blocks.at(-1) as ArchiveBlock).header;
    const onChain = await this.chain.getBlockHash(range.to);
    const { name, shown } = this.archive.http;
    if (onChain !== hash) {
      throw new FatalError(
        `${name} has another block ${range.to} than RPC_URL: ${hash}, not ${onChain}`,
        'Nothing of it was indexed. Set INDEX_ARCHIVE_URL to the data set of the chain that CHAIN_ID names, or set ' +
          'INDEX_SOURCE=filtered.',
        { url: shown },
      );
    }
    const came = new Set(blocks.map(({ header }) => header.height));
    const lacking = await this.chain.lacksLogs(range, came, finalHead);
    if (lacking !== undefined) {
      throw new FatalError(
        `${name} left out block ${lacking}, which has logs of the network`,
        `Nothing from block ${range.from} on was indexed. Choose another archive in INDEX_ARCHIVE_URL, or set ` +
          'INDEX_SOURCE=filtered.',
        { url: shown },
      );
    }
    const differing = await this.chain.differs(blocks, this.compareAll > 0);
    if (differing !== undefined) {
      this.compareAll = COMPARE_ALL_BATCHES;
      throw new WrongAnswer(`block ${differing} is not as RPC_URL has it`);
    }
    if (this.compareAll > 0) this.compareAll--;
  }
}

/** One pass over a range, in as many answers as the archive likes; an answer that breaks off is asked for again. */
class Reading {
  private answer: AsyncIterator<ArchiveBlock> | undefined;
  private parentHash: string | undefined;
  /** Where the last batch began. */
  private before: { next: number; parentHash: string | undefined };

  /** @param next the block that comes next */
  constructor(
    private readonly archive: Archive,
    private readonly bloom: BloomJudge,
    public next: number,
    private readonly to: number,
  ) {
    this.before = { next, parentHash: undefined };
  }

  /** The next blocks: as many as make a batch, fewer when the answer ends or breaks off before. */
  async batch(): Promise<ArchiveBlock[]> {
    const blocks: ArchiveBlock[] = [];
    const from = this.next;
    this.before = { next: from, parentHash: this.parentHash };
    let logs = 0;
    let data = 0;
    while (this.next <= this.to && logs < TARGET_LOGS && data < TARGET_DATA && blocks.length < TARGET_BLOCKS) {
      // What came before an error is good; the next batch meets the error again if it stays.
      const block = await this.take().catch((error) => {
        if (blocks.length === 0) throw error;
      });
      if (block === undefined) break;
      blocks.push(block);
      logs += block.logs.length;
      for (const log of block.logs) data += log.data.length;
    }
    if (blocks.length === 0) throw new ArchiveAway(`nothing for block ${from} yet, which it says it has`);
    return blocks;
  }

  /** The last batch is to be read again. */
  async back(): Promise<void> {
    await this.close();
    this.answer = undefined;
    this.next = this.before.next;
    this.parentHash = this.before.parentHash;
  }

  async close(): Promise<void> {
    await this.answer?.return?.();
  }

  private async take(): Promise<ArchiveBlock | undefined> {
    this.answer ??= this.archive.blocks(this.next, this.to, this.parentHash)[Symbol.asyncIterator]();
    try {
      const { done, value: block } = await this.answer.next();
      if (done) {
        this.answer = undefined;
        return undefined;
      }
      if (this.bloom.judge(block.header.logsBloom, block.logs) === 'wrong') {
        throw new WrongAnswer(`logs of block ${block.header.height} contradict its header`);
      }
      const { height, parentHash } = block.header;
      if (height === this.next && this.parentHash !== undefined && parentHash !== this.parentHash) {
        throw new WrongAnswer(`block ${height} does not stand on the block before`);
      }
      this.next = height + 1;
      this.parentHash = block.header.hash;
      return block;
    } catch (error) {
      await this.close();
      this.answer = undefined;
      throw error;
    }
  }
}
