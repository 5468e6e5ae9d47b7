import { createLogger } from '@subsquid/logger';
import { backoffMs, sleep } from '../../../runtime/backoff';
import { RetryableError } from '../../../runtime/errors';
import type { LogFilter } from '../types';
import { BloomJudge, type BloomVerdict, bloomOf } from './bloom';
import { type Call, type Endpoint, valueIn } from './endpoint';
import { RpcFailure, TooLarge } from './failure';
import type { EndpointPool } from './pool';
import {
  type Header,
  isNews,
  type PlacedLog,
  parseHeader,
  parseLogs,
  parseQuantity,
  type Range,
  sameHeader,
  sameLogs,
  sizeOf,
  toHex,
} from './shapes';

const log = createLogger('dpin:indexer:rpc');

/** Rounds over all endpoints before a block whose readings contradict each other is given up: about 15 seconds. */
const SETTLE_ROUNDS = 7;
const ROUNDS_WITHOUT_BLOCK = 2;
/** Rounds before two endpoints with different final blocks are given up: about 3 seconds. */
const FINAL_ROUNDS = 4;
/** Of several blocks no longer answer is taken, but its parts: it takes several times as much memory as objects. */
const RANGE_BYTES = 8 * 2 ** 20;
/** Said when one endpoint calls so many blocks more final than another, and how often. */
const HELD_BACK_BLOCKS = 256;
const SAY_AGAIN_MS = 60_000;
const FURTHER_COUNTS_MS = 2_000;
const CONTRADICT_EACH_OTHER = 'endpoints have different logs';
const CONTRADICT_THE_HEADER = 'no endpoint gives logs that fit the header';

/** How the newest final block is known. */
export interface Finality {
  /** Ask for the `finalized` block; where it is further down than `blocks`, or missing, `blocks` counts. */
  tag: boolean;
  /** Blocks on top of a block from which on it counts as final. */
  blocks: number;
}

/** The end of the chain as one endpoint sees it. */
export interface HeadView {
  head: Header;
  finalHeight: number;
}

/** A newest block, and when this process heard of it, ms since 1970. */
export interface SeenHeader {
  header: Header;
  seenAtMs: number;
}

/** Our logs of a range and the header of its end, from one endpoint. */
export interface RangeReading {
  logs: PlacedLog[];
  end: Header;
}

/** Reads what the index needs from endpoints, and settles what two readings say differently. */
export class ChainReader {
  private readonly addresses: string[];
  private readonly topics: string[];
  private readonly ours: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly bloom: BloomJudge;
  private heldBackSaidAtMs = 0;
  private newest: SeenHeader | undefined;

  constructor(
    readonly pool: EndpointPool,
    private readonly finality: Finality,
    filters: readonly LogFilter[],
    private readonly rangeBytes = RANGE_BYTES,
  ) {
    this.addresses = [...new Set(filters.map(({ address }) => address))];
    this.topics = [...new Set(filters.flatMap(({ topics }) => topics))];
    this.ours = new Map(filters.map(({ address, topics }) => [address, new Set(topics)]));
    this.bloom = new BloomJudge(filters);
  }

  /** The newest block and how far blocks are final. @throws RpcFailure */
  async head(endpoint: Endpoint): Promise<HeadView> {
    const calls: Call[] = [{ method: 'eth_getBlockByNumber', params: ['latest', false] }];
    const asksTag = this.finality.tag && endpoint.hasFinalizedTag !== false;
    if (asksTag) calls.push({ method: 'eth_getBlockByNumber', params: ['finalized', false] });
    const [latest, tagged] = await endpoint.batch(calls);
    const head = parseHeader(valueIn(latest));
    if (head === undefined) throw new RpcFailure('stale', 'no newest block');
    this.see(head);
    let finalHeight = Math.max(0, head.height - this.finality.blocks);
    if (asksTag && tagged !== undefined) {
      if (tagged.failure?.kind === 'refused') {
        endpoint.hasFinalizedTag = false;
        log.warn(
          { url: endpoint.shown, reason: tagged.failure.message, blocks: this.finality.blocks },
          'RPC endpoint has no finalized block; counting blocks instead',
        );
      } else if (tagged.failure === undefined) {
        endpoint.hasFinalizedTag = true;
        const final = parseHeader(tagged.value);
        if (final !== undefined) finalHeight = Math.max(finalHeight, Math.min(final.height, head.height));
      }
    }
    return { head, finalHeight };
  }

  /** The highest block of those that endpoints called the newest, of late. */
  get newestSeen(): SeenHeader | undefined {
    return this.newest;
  }

  /** Endpoints may differ: for a while the one that is further counts. */
  private see(header: Header): void {
    const seenAtMs = Date.now();
    const isBehind = this.newest !== undefined && header.height < this.newest.header.height;
    if (isBehind && seenAtMs - (this.newest as SeenHeader).seenAtMs < FURTHER_COUNTS_MS) return;
    this.newest = { header, seenAtMs };
  }

  /** The same, where `finalHeight` is what `agreedFinal` says. @throws RpcFailure */
  async agreedHead(endpoint: Endpoint): Promise<HeadView> {
    const view = await this.head(endpoint);
    const hashOf = (height: number) => this.hashAt(endpoint, height);
    return { ...view, finalHeight: await this.agreedFinal(endpoint, view.finalHeight, hashOf) };
  }

  /**
   * How far blocks are final by this endpoint and, where others are healthy, by at least one of them, which must have
   * the same block there.
   * @param said how far they are by this endpoint
   * @param hashOf of a block of this endpoint; undefined where it is not known
   * @throws RpcFailure when other endpoints agree on another block; RetryableError when one keeps having another
   */
  async agreedFinal(
    endpoint: Endpoint,
    said: number,
    hashOf: (height: number) => Promise<string | undefined> | string | undefined,
  ): Promise<number> {
    const elsewhere = await this.pool.allElsewhere(endpoint, async (other) => (await this.head(other)).finalHeight);
    if (elsewhere.length === 0) return said;
    const height = Math.min(said, Math.max(...elsewhere));
    if (said - height > HELD_BACK_BLOCKS && Date.now() - this.heldBackSaidAtMs > SAY_AGAIN_MS) {
      this.heldBackSaidAtMs = Date.now();
      log.warn(
        { url: endpoint.shown, said, elsewhere },
        'RPC endpoints differ in how far blocks are final; the lower height counts',
      );
    }
    for (let round = 0; ; round++) {
      const own = await hashOf(height);
      const hashes = (await this.pool.allElsewhere(endpoint, (other) => this.hashAt(other, height))).filter(isDefined);
      if (own === undefined || hashes.length === 0 || hashes.includes(own)) return height;
      const contradiction = `endpoints have different final blocks ${height}: ${own} and ${hashes[0]}`;
      if (hashes.filter((hash) => hash === hashes[0]).length > 1) throw new RpcFailure('unsound', contradiction);
      // With one against one neither rests: the other would then be believed alone.
      if (round === FINAL_ROUNDS) {
        throw new RetryableError(
          `RPC_URL: ${contradiction}, again and again. Nothing from there on is indexed. ` +
            'Take the endpoint that is wrong out of RPC_URL, or add another',
          { url: endpoint.shown, height },
        );
      }
      log.warn({ url: endpoint.shown, height }, 'endpoints have different final blocks; asking again');
      await sleep(backoffMs(round));
    }
  }

  /** Headers by height, in the order asked for. @throws RpcFailure when the endpoint lacks one */
  async headers(endpoint: Endpoint, heights: readonly number[]): Promise<Header[]> {
    const answers = await endpoint.batch(heights.map((height) => headerAt(height)));
    return answers.map((answer, index) => {
      const header = parseHeader(valueIn(answer));
      if (header === undefined) throw new RpcFailure('stale', `no block ${heights[index]}`);
      if (header.height !== heights[index]) throw new RpcFailure('unsound', `another block for ${heights[index]}`);
      return header;
    });
  }

  /** The parent of a block. @throws RpcFailure when the endpoint lacks it, or what it gives cannot be it */
  async parentOf(endpoint: Endpoint, { height, parentHash: hash }: Header): Promise<Header> {
    const header = parseHeader(await endpoint.call('eth_getBlockByHash', hash, false));
    if (header === undefined) throw new RpcFailure('stale', `no block ${hash}`);
    // Whoever follows parents must come down, and to an end.
    if (header.hash !== hash || header.height !== height - 1)
      throw new RpcFailure('unsound', `another block for ${hash}`);
    return header;
  }

  /**
   * Our logs of a range with the header of its end, each pair in one request: an endpoint that has the end has the
   * range. Endpoints refuse ranges that are too wide or too full, each in its own words: those are halved.
   * @param mostLogs for whoever need not have the whole range: one that has more of them, or whose answer is long, is
   * not read to its end
   * @throws RpcFailure; TooLarge, only where `mostLogs` are given
   */
  async range(endpoint: Endpoint, range: Range, mostLogs?: number): Promise<RangeReading> {
    const size = sizeOf(range);
    const limit = endpoint.width.limit;
    if (size > limit) return this.inParts(endpoint, range, range.from + Math.max(1, limit) - 1, mostLogs);
    const middle = range.from + Math.floor(size / 2) - 1;
    try {
      const calls = [this.logsIn(range), headerAt(range.to)];
      const [logs, end] = await endpoint.batch(calls, size > 1 ? this.rangeBytes : undefined);
      const reading = { logs: parseLogs(valueIn(logs), range), end: parseHeader(valueIn(end)) };
      if (reading.end === undefined) throw new RpcFailure('stale', `no block ${range.to}`);
      if (reading.end.height !== range.to) throw new RpcFailure('unsound', `another block for ${range.to}`);
      endpoint.width.took(size);
      return { logs: reading.logs.filter((entry) => this.isOurs(entry)), end: reading.end };
    } catch (error) {
      if (error instanceof TooLarge && mostLogs === undefined) return this.inParts(endpoint, range, middle);
      if (!(error instanceof RpcFailure)) throw error;
      if (error.kind === 'refused' && size === 1) return this.inPieces(endpoint, range.from, error);
      const tooMuch = error.kind === 'refused' || error.kind === 'timeout';
      if (!tooMuch || size === 1) {
        endpoint.width.failed(size);
        throw error;
      }
      endpoint.width.refused(size);
      log.info(
        { url: endpoint.shown, blocks: size, reason: error.message },
        'RPC endpoint refused a range; asking for halves',
      );
      return this.inParts(endpoint, range, middle, mostLogs);
    }
  }

  /** One block of which an endpoint refuses to give all of ours at once. @param refusal of all at once */
  private async inPieces(endpoint: Endpoint, height: number, refusal: RpcFailure): Promise<RangeReading> {
    const [end] = (await this.headers(endpoint, [height])) as [Header];
    log.info(
      { url: endpoint.shown, height, reason: refusal.message },
      'RPC endpoint refused a block; asking for parts',
    );
    return { logs: await this.pieces(endpoint, end), end };
  }

  /** Our logs of a block, asked for by address and, where that is refused, by topic. @throws RpcFailure */
  private async pieces(endpoint: Endpoint, { height, hash }: Pick<Header, 'height' | 'hash'>): Promise<PlacedLog[]> {
    const logs: PlacedLog[] = [];
    const take = async (address: string, topics: readonly string[]): Promise<void> => {
      const answer = await endpoint.call('eth_getLogs', { blockHash: hash, address, topics: [topics] });
      logs.push(...this.oursOf(answer, height, hash));
    };
    for (const [address, topics] of this.ours) {
      await take(address, [...topics]).catch(async (error) => {
        if (!(error instanceof RpcFailure) || error.kind !== 'refused' || topics.size === 1) throw error;
        for (const topic of topics) await take(address, [topic]);
      });
    }
    return logs.sort((a, b) => a.logIndex - b.logIndex);
  }

  private async inParts(
    endpoint: Endpoint,
    { from, to }: Range,
    middle: number,
    mostLogs?: number,
  ): Promise<RangeReading> {
    const first = await this.range(endpoint, { from, to: middle }, mostLogs);
    const left = mostLogs === undefined ? undefined : mostLogs - first.logs.length;
    if (left !== undefined && left <= 0) throw new TooLarge(`blocks ${from} to ${middle} have all the logs wanted`);
    const second = await this.range(endpoint, { from: middle + 1, to }, left);
    return { logs: first.logs.concat(second.logs), end: second.end };
  }

  /** What the header's bloom says of our logs that came for its block. */
  judge(header: Header, logs: readonly PlacedLog[]): BloomVerdict {
    return this.bloom.judge(header.logsBloom, logs);
  }

  /**
   * Our logs of one block whose readings contradict each other or its bloom. Every endpoint is asked by the block's
   * hash for all logs; what gives the header's bloom to the bit counts, and where such readings differ, most of them.
   * Where no endpoint gives all logs of a block, most of the readings of ours do, of at least two endpoints; an only
   * endpoint must say the same twice. Nothing counts that lacks logs which as many endpoints have.
   * @param asked the endpoint whose reading is doubted; it is asked last
   * @throws RpcFailure when no endpoint has the block; RetryableError when they do not come to one
   */
  async settle(block: Pick<Header, 'height' | 'hash'>, asked: Endpoint): Promise<PlacedLog[]> {
    let before: PlacedLog[] | undefined;
    for (let round = 0; ; round++) {
      const readings: Reading[] = [];
      let found = false;
      for (const endpoint of this.pool.others(asked)) {
        const reading = await this.ofBlock(endpoint, block).catch(ifRpcFailure);
        if (reading === undefined) continue;
        found = true;
        if (reading.proven || this.judge(reading.header, reading.logs) !== 'wrong') readings.push(reading);
        else this.pool.distrust(endpoint, `logs of block ${block.height} are missing or wrong`);
      }
      const only = this.pool.size === 1 ? readings[0]?.logs : undefined;
      const settled = only && before && sameLogs(only, before) ? only : agreedOn(readings);
      if (settled !== undefined) return settled;
      before = only;
      if (!found && round >= ROUNDS_WITHOUT_BLOCK) {
        throw new RpcFailure('stale', `no block ${block.height} (${block.hash})`);
      }
      const contradiction = readings.length > 1 ? CONTRADICT_EACH_OTHER : CONTRADICT_THE_HEADER;
      if (round === SETTLE_ROUNDS) {
        throw new RetryableError(
          `RPC_URL: ${contradiction} of block ${block.height}, again and again. Nothing of the block is indexed. ` +
            'Take the endpoint that is wrong out of RPC_URL, or add another',
          { url: asked.shown, hash: block.hash },
        );
      }
      log.warn({ url: asked.shown, height: block.height }, `${contradiction} of a block; asking again`);
      await sleep(backoffMs(round));
    }
  }

  /**
   * The headers, each as another endpoint has it too, where one is healthy and has the block: a hash says nothing to
   * whoever does not hash all fields of a header, so the time and the bloom of one could be anything.
   * @throws RetryableError when endpoints do not come to one header
   */
  async agreedHeaders(asked: Endpoint, headers: readonly Header[]): Promise<Header[]> {
    if (headers.length === 0) return [];
    const heights = headers.map(({ height }) => height);
    const others = await this.pool.tryAnother(asked, (other) => this.headers(other, heights));
    if (others === undefined) return [...headers];
    const agreed: Header[] = [];
    for (const [at, header] of headers.entries()) {
      const other = others[at] as Header;
      const isFork = other.hash !== header.hash;
      agreed.push(isFork || sameHeader(header, other) ? header : await this.settleHeader(header, asked));
    }
    return agreed;
  }

  /** The header of a block of which endpoints say different things: what most of them say, or the only one left. */
  private async settleHeader({ height, hash }: Header, asked: Endpoint): Promise<Header> {
    for (let round = 0; ; round++) {
      const found: [Endpoint, Header][] = [];
      for (const endpoint of this.pool.others(asked)) {
        const answer = await endpoint.call('eth_getBlockByHash', hash, false).then(parseHeader).catch(ifRpcFailure);
        if (answer?.hash === hash && answer.height === height) found.push([endpoint, answer]);
      }
      const alike = (one: Header) => found.filter(([, other]) => sameHeader(one, other)).length;
      const [, settled] = found.find(([, one]) => alike(one) * 2 > found.length) ?? [];
      if (settled !== undefined && (found.length > 1 || round >= ROUNDS_WITHOUT_BLOCK)) {
        for (const [endpoint, one] of found) {
          if (!sameHeader(one, settled)) this.pool.distrust(endpoint, `the header of block ${height} was wrong`);
        }
        return settled;
      }
      if (round === SETTLE_ROUNDS) {
        throw new RetryableError(
          `RPC_URL: endpoints have different headers of block ${height}, again and again. Nothing of the block is indexed. ` +
            'Take the endpoint that is wrong out of RPC_URL, or add another',
          { url: asked.shown, hash },
        );
      }
      log.warn({ url: asked.shown, height }, 'endpoints have different headers of a block; asking again');
      await sleep(backoffMs(round));
    }
  }

  /** A second reading of a block's logs, by its hash. @throws RpcFailure */
  async again(endpoint: Endpoint, { height, hash }: Pick<Header, 'height' | 'hash'>): Promise<PlacedLog[]> {
    try {
      const answer = await endpoint.call('eth_getLogs', { blockHash: hash, ...this.filter() });
      return this.oursOf(answer, height, hash);
    } catch (error) {
      if (!(error instanceof RpcFailure) || error.kind !== 'refused') throw error;
      return this.pieces(endpoint, { height, hash });
    }
  }

  /** The hash of a block; undefined where the endpoint does not have it. @throws RpcFailure */
  async hashAt(endpoint: Endpoint, height: number): Promise<string | undefined> {
    return parseHeader(await endpoint.call('eth_getBlockByNumber', toHex(height), false))?.hash;
  }

  /** Number of the newest block that an endpoint has. @throws RpcFailure */
  async height(endpoint: Endpoint): Promise<number> {
    return parseQuantity(await endpoint.call('eth_blockNumber'));
  }

  private async ofBlock(endpoint: Endpoint, { height, hash }: Pick<Header, 'height' | 'hash'>) {
    const [header, filtered, all] = await endpoint.batch([
      { method: 'eth_getBlockByHash', params: [hash, false] },
      { method: 'eth_getLogs', params: [{ blockHash: hash, ...this.filter() }] },
      { method: 'eth_getLogs', params: [{ blockHash: hash }] },
    ]);
    const found = parseHeader(valueIn(header));
    if (found === undefined) throw new RpcFailure('stale', `no block ${hash}`);
    const isTooMuch = filtered?.failure?.kind === 'refused';
    const logs = isTooMuch
      ? await this.pieces(endpoint, { height, hash })
      : this.oursOf(valueIn(filtered), height, hash);
    if (all === undefined || all.failure) return { header: found, logs, proven: false };
    const every = parseLogs(all.value, { from: height, to: height });
    const complete = every.filter((entry) => this.isOurs(entry));
    // Whoever has more was asked the better way; all bits of the bloom prove nothing against a log that came.
    const proven = bloomOf(every) === found.logsBloom && complete.length >= logs.length;
    return { header: found, logs: complete.length >= logs.length ? complete : logs, proven };
  }

  private oursOf(answer: unknown, height: number, hash: string): PlacedLog[] {
    const logs = parseLogs(answer, { from: height, to: height }).filter((entry) => this.isOurs(entry));
    if (logs.some(({ blockHash }) => blockHash !== hash)) throw new RpcFailure('stale', 'logs of another block');
    return logs;
  }

  private isOurs({ address, topics }: PlacedLog): boolean {
    return this.ours.get(address)?.has(topics[0] ?? '') ?? false;
  }

  private filter() {
    return { address: this.addresses, topics: [this.topics] };
  }

  private logsIn({ from, to }: Range): Call {
    return { method: 'eth_getLogs', params: [{ fromBlock: toHex(from), toBlock: toHex(to), ...this.filter() }] };
  }
}

function headerAt(height: number): Call {
  return { method: 'eth_getBlockByNumber', params: [toHex(height), false] };
}

/** What one endpoint has of a block: its bloom proves that these are all of our logs, or rules out nothing. */
interface Reading {
  logs: PlacedLog[];
  proven: boolean;
}

/** What more than half of the readings say. */
function mostOf(readings: readonly PlacedLog[][]): PlacedLog[] | undefined {
  return readings.find((one) => readings.filter((other) => sameLogs(one, other)).length * 2 > readings.length);
}

/** What the readings of a block, one of each endpoint, come to. */
function agreedOn(readings: readonly Reading[]): PlacedLog[] | undefined {
  const all = readings.map(({ logs }) => logs);
  const proven = readings.filter((reading) => reading.proven).map(({ logs }) => logs);
  const most = proven.length > 0 ? mostOf(proven) : all.length > 1 ? mostOf(all) : undefined;
  if (most === undefined) return undefined;
  // Full blooms prove nothing of a log that another endpoint has beyond them.
  const isFullest = !all.some((other) => isNews(most, other));
  return isFullest || sameLogs(mostOf(all) ?? [], most) ? most : undefined;
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function ifRpcFailure(error: unknown): undefined {
  if (!(error instanceof RpcFailure)) throw error;
  return undefined;
}
