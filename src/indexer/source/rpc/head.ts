import { createLogger } from '@subsquid/logger';
import { sleep } from '../../../runtime/backoff';
import { reorgBelowFinality } from '../../failures';
import type { BlockRef, HotState, HotUpdate } from '../types';
import type { Endpoint } from './endpoint';
import { RpcFailure } from './failure';
import type { ChainReader, HeadView } from './reader';
import type { FinalRecord } from './record';
import {
  byHeight,
  type Header,
  isNews,
  type PlacedLog,
  type Range,
  requireTimeOrder,
  sameHeader,
  sameLogs,
  toBlock,
} from './shapes';

const log = createLogger('dpin:indexer:rpc');

/**
 * Blocks given to the database at once. From 200 on its store keeps one row for several blocks, and could not go back
 * to one between them.
 */
const MAX_UPDATE_BLOCKS = 100;
/** Unfinalized blocks below the new ones whose logs are read again with them. */
const READ_AGAIN_BLOCKS = 100;
/** Looks at the head in a row that must show another branch which is no longer than ours before it is followed. */
const LOOKS_AT_RIVAL = 2;
/** Looks, over some seconds, that must show a final block replaced before it is believed. */
const LOOKS_BELOW_FINALITY = 3;
const PAUSE_BELOW_FINALITY_MS = 1_000;

/** Without a new block for this long other endpoints are asked whether they have one. */
const QUIET_MS = 3_000;

/** A block of the chain that the index holds; what it was made of, where this process made it. */
interface Link extends BlockRef {
  header?: Header;
  logs?: PlacedLog[];
}

export interface HeadOptions {
  /** Blocks outside have no logs that matter. */
  range: Range;
  pollMs: number;
}

/**
 * Follows the end of the chain block by block: every header, and the logs of ours alone. Until a block is final its
 * logs are read again with each new block, and where a reading showed more, the index goes back and takes it in.
 */
export class HeadFollower {
  /** Without holes; the first is final. */
  private chain: [Link, ...Link[]];
  private rival: { hash: string; looks: number } | undefined;
  private belowFinality = 0;
  private progressAtMs = Date.now();

  /**
   * @param update takes blocks in
   * @param record what is final is noted there
   */
  constructor(
    private readonly reader: ChainReader,
    private readonly record: FinalRecord,
    private readonly options: HeadOptions,
    state: HotState,
    private readonly update: (update: HotUpdate) => Promise<void>,
  ) {
    const { top, ...ground } = state;
    // A store of an older version may have left out blocks; what lies above a hole is taken in again.
    const hole = top.findIndex(({ height }, index) => height !== ground.height + index + 1);
    this.chain = [ground, ...(hole < 0 ? top : top.slice(0, hole))];
  }

  /** Number of the newest final block. */
  get finalHeight(): number {
    return this.chain[0].height;
  }

  /** Looks at the head until the range's end is final. @throws what `update` throws; RetryableError, FatalError */
  async follow(afterStep: () => Promise<void>): Promise<void> {
    while (this.finalHeight < this.options.range.to) {
      const more = await this.reader.pool.withRetry((endpoint) => this.step(endpoint));
      await afterStep();
      if (Date.now() - this.progressAtMs > QUIET_MS) await this.lookElsewhere();
      if (!more) await sleep(this.options.pollMs);
    }
  }

  /** Nothing new came for a while: the preferred endpoint may be behind the others. */
  private async lookElsewhere(): Promise<void> {
    this.progressAtMs = Date.now();
    const { pool } = this.reader;
    const tip = (this.chain.at(-1) as Link).height;
    await pool.tryFirst(async (endpoint) => {
      const ahead = await pool.tryAnother(endpoint, (other) => this.reader.height(other));
      if (ahead !== undefined && ahead > tip)
        pool.distrust(endpoint, `it is behind: another has block ${ahead} already`);
    });
  }

  /** @returns whether there is more to take in at once */
  private async step(endpoint: Endpoint): Promise<boolean> {
    const view = await this.reader.head(endpoint);
    const { head } = view;
    const [ground, tip] = [this.chain[0], this.chain.at(-1) as Link];
    if (this.at(head.height)?.hash === head.hash) {
      this.rival = undefined;
      if (head.hash === tip.hash && view.finalHeight > ground.height) await this.give(endpoint, view, tip.height, []);
      return false;
    }
    if (head.height < ground.height) throw new RpcFailure('stale', `newest block ${head.height}, below the final one`);
    if (head.height <= tip.height && !this.seenOften(head.hash)) return false;
    const added = await this.branch(endpoint, head);
    if (added === undefined) return false;
    const first = (added[0] as Header).height;
    await this.takeIn(endpoint, view, added, first);
    this.rival = undefined;
    return (this.chain.at(-1) as Link).height < head.height;
  }

  /** A branch no longer than ours may be an endpoint's that is behind: it is followed once it stays. */
  private seenOften(hash: string): boolean {
    const looks = this.rival?.hash === hash ? this.rival.looks + 1 : 1;
    this.rival = { hash, looks };
    return looks >= LOOKS_AT_RIVAL;
  }

  /** Headers from the first block that we do not have, towards the head; undefined when no block of ours is below. */
  private async branch(endpoint: Endpoint, head: Header): Promise<Header[] | undefined> {
    const tip = this.chain.at(-1) as Link;
    const from = Math.min(tip.height + 1, head.height);
    const to = Math.min(head.height, from + MAX_UPDATE_BLOCKS - 1);
    const heights = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    const added =
      to === head.height
        ? [...(await this.reader.headers(endpoint, heights.slice(0, -1))), head]
        : await this.reader.headers(endpoint, heights);
    const broken = added.findIndex(({ parentHash }, index) => index > 0 && parentHash !== added[index - 1]?.hash);
    if (broken > 0) throw new RpcFailure('stale', `blocks ${from} to ${to} are not of one chain`);
    for (;;) {
      const first = added[0] as Header;
      const parent = this.at(first.height - 1);
      if (parent === undefined) {
        await this.checkGround(endpoint);
        return undefined;
      }
      if (parent.hash === first.parentHash) break;
      if (first.height - 1 === this.finalHeight) {
        await this.checkGround(endpoint);
        return undefined;
      }
      added.unshift(await this.reader.parentOf(endpoint, first));
    }
    this.belowFinality = 0;
    const parent = this.at((added[0] as Header).height - 1)?.header;
    requireTimeOrder(parent ? [parent, ...added] : added);
    return added.slice(0, MAX_UPDATE_BLOCKS);
  }

  /** An endpoint's chain does not stand on our final block. @throws FatalError once there is no doubt */
  private async checkGround(endpoint: Endpoint): Promise<void> {
    const [ground] = this.chain;
    const said: (string | undefined)[] = [];
    for (const other of this.reader.pool.others(endpoint)) {
      said.push(await this.reader.hashAt(other, ground.height).catch(() => undefined));
    }
    if (said.includes(ground.hash)) {
      this.belowFinality = 0;
      throw new RpcFailure('unsound', `its chain does not have the final block ${ground.height} (${ground.hash})`);
    }
    const replaced = said.find((hash) => hash !== undefined);
    if (replaced === undefined) throw new RpcFailure('stale', `no block ${ground.height}`);
    if (++this.belowFinality >= LOOKS_BELOW_FINALITY) {
      throw reorgBelowFinality(ground.height, ground.hash, replaced);
    }
    await sleep(PAUSE_BELOW_FINALITY_MS);
  }

  private async takeIn(endpoint: Endpoint, view: HeadView, alone: readonly Header[], first: number): Promise<void> {
    const last = alone.at(-1) as Header;
    const from = Math.max(this.finalHeight + 1, first - READ_AGAIN_BLOCKS);
    const window = { from, to: last.height };
    const reading = await this.reader.range(endpoint, window);
    if (reading.end.hash !== last.hash) throw new RpcFailure('stale', `another block ${last.height} than just now`);
    const second = await this.reader.pool.tryAnother(endpoint, (other) => this.reader.range(other, window));
    const agrees = second?.end.hash === last.hash ? byHeight(second.logs) : undefined;
    // The one header that comes with the logs is all there is to compare when blocks come one by one.
    const isCompared = !agrees || (alone.length === 1 && second && sameHeader(second.end, last));
    const added = isCompared ? alone : await this.reader.agreedHeaders(endpoint, alone);
    const logs = byHeight(reading.logs);
    const headers = new Map(added.map((header) => [header.height, header]));

    let redoFrom = first;
    for (let height = from; height <= last.height; height++) {
      const link: Link = headers.get(height) ?? (this.at(height) as Link);
      const found = this.inRange(height) ? (logs.get(height) ?? []) : [];
      if (found.some(({ blockHash }) => blockHash !== link.hash)) {
        throw new RpcFailure('stale', `logs of another block ${height}`);
      }
      const others = agrees && this.inRange(height) ? (agrees.get(height) ?? []) : undefined;
      const settled = await this.sure(endpoint, headers.get(height), link, found, others);
      const isBetter = link.logs === undefined || isNews(link.logs, settled);
      logs.set(height, isBetter ? settled : (link.logs as PlacedLog[]));
      if (link.logs === undefined || !isBetter) continue;
      log.warn({ height, hash: link.hash }, 'logs of a block came only now; taking the block in again');
      redoFrom = Math.min(redoFrom, height);
    }

    const redone = this.chain.filter(({ height }) => height >= redoFrom && height < first).map(({ header }) => header);
    const given = [...(redone as Header[]), ...added];
    await this.give(
      endpoint,
      view,
      redoFrom - 1,
      given.map((header) => ({ header, logs: logs.get(header.height) ?? [] })),
    );
  }

  /**
   * Our logs of a block of which one reading, and perhaps that of another endpoint, is there: settled where anything
   * says otherwise.
   * @param added its header, when the block is new
   */
  private async sure(
    endpoint: Endpoint,
    added: Header | undefined,
    link: Link,
    found: PlacedLog[],
    others: PlacedLog[] | undefined,
  ): Promise<PlacedLog[]> {
    const header = added ?? link.header;
    // Taken in by an earlier life of this process: what was read then is not known here.
    if (header === undefined || !this.inRange(header.height)) return found;
    const fits =
      (others === undefined || sameLogs(found, others)) &&
      (added === undefined
        ? sameLogs(link.logs ?? found, found)
        : this.reader.judge(header, found) !== 'wrong' &&
          (others !== undefined || !(await this.lacksSome(endpoint, header, found))));
    if (fits) return found;
    const settled = await this.reader.settle(header, endpoint);
    if (!sameLogs(settled, found)) {
      this.reader.pool.distrust(endpoint, `logs of block ${header.height} were missing or wrong`);
    }
    return settled;
  }

  /** Nothing came though the bloom does not rule it out: asked again, at another endpoint where there is one. */
  private async lacksSome(endpoint: Endpoint, header: Header, found: readonly PlacedLog[]): Promise<boolean> {
    if (found.length > 0 || this.reader.judge(header, found) === 'sound') return false;
    const other = await this.reader.pool.tryAnother(endpoint, (one) => this.reader.again(one, header));
    return (other ?? (await this.reader.again(endpoint, header))).length > 0;
  }

  /** Gives the index what follows the block at `base`, and moves the ground to what is final. */
  private async give(
    endpoint: Endpoint,
    view: HeadView,
    base: number,
    blocks: readonly { header: Header; logs: PlacedLog[] }[],
  ): Promise<void> {
    const kept = this.chain.filter(({ height }) => height <= base);
    const links = blocks.map(({ header, logs }): Link => {
      const { height, hash } = header;
      return { height, hash, header, logs };
    });
    const chain = [...kept, ...links];
    const tip = chain.at(-1) as Link;
    const said = Math.min(view.finalHeight, tip.height);
    const hashOf = (height: number) => chain[height - this.finalHeight]?.hash;
    const agreed = said > this.finalHeight ? await this.reader.agreedFinal(endpoint, said, hashOf) : said;
    const final = Math.max(this.finalHeight, agreed);
    if (blocks.length === 0 && final === this.finalHeight) return;
    const [ground, ...top] = chain.filter(({ height }) => height >= final) as [Link, ...Link[]];
    await this.update({
      baseHead: refOf(kept.at(-1) as Link),
      finalizedHead: refOf(ground),
      blocks: blocks.map(({ header, logs }) => toBlock(header, logs)),
    });
    const passed = chain.filter(({ height }) => height > this.finalHeight && height <= final);
    if (passed.length > 0) this.note(passed);
    this.chain = [ground, ...top];
    this.progressAtMs = Date.now();
  }

  private note(links: readonly Link[]): void {
    for (const { height, header, logs } of links) {
      // Without: a block of an earlier life; the record begins above it.
      if (header && logs) this.record.add({ from: height, to: height }, [{ header, logs }]);
    }
  }

  private inRange(height: number): boolean {
    return height >= this.options.range.from && height <= this.options.range.to;
  }

  private at(height: number): Link | undefined {
    return this.chain[height - this.finalHeight];
  }
}

function refOf({ height, hash }: Link): BlockRef {
  return { height, hash };
}
