import { setMaxListeners } from 'node:events';
import { createLogger } from '@subsquid/logger';
import { FetchRequest, type JsonRpcPayload, JsonRpcProvider, type JsonRpcResult } from 'ethers';
import { FatalError, RetryableError } from '../runtime/errors';
import { retry } from '../runtime/patience';
import { isRateLimit } from './rate-limit';
import { NoSoundAnswer, Refusal, requireAnswer } from './refusal';

const log = createLogger('dpin:chain');

/** One request may take this long before it counts as lost. */
const REQUEST_TIMEOUT_MS = 15_000;
/** A call fails with RetryableError after the endpoint has been away for this long. */
const GIVE_UP_AFTER_MS = 60_000;
/** "Limit exceeded": of requests, for the methods that are asked here. */
const LIMIT_EXCEEDED = -32005;

/** What addresses said instead of an answer to one request, by their index. */
type Refusals = Map<number, string>;

export interface ProviderOptions {
  /** Milliseconds a call keeps trying while the endpoint is away; default 60 s. */
  giveUpAfterMs?: number;
}

/**
 * JSON-RPC provider of one known chain that retries what passes by itself (no connection, time-outs, HTTP 429 and 5xx,
 * rate-limit errors) with exponential backoff, and says once when the endpoint goes away and once when it is back.
 * What is no answer at one address (an error that is not the contract's, junk) is asked for at the next.
 * Every method of the RPC that this project uses may be repeated: a raw transaction is known by its hash.
 */
export class ChainProvider extends JsonRpcProvider {
  private awaySinceMs: number | undefined;
  private readonly giveUpAfterMs: number;
  private readonly stopped = new AbortController();
  private readonly urls: readonly string[];
  /** Index of the address in use: it changes only when that one fails, so that answers stay of one view. */
  private current = 0;
  private readonly verified = new Set<number>();

  /** @param urls one address or several, the preferred one first; the next takes over when one fails */
  constructor(
    urls: string | readonly string[],
    private readonly chainId: number,
    options: ProviderOptions = {},
  ) {
    const list = typeof urls === 'string' ? [urls] : urls;
    // The chain id is checked by connectChain; caching answers would show stale heads to code that polls.
    super(list[0] as string, chainId, { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1 });
    this.urls = list;
    // Every call that waits for the endpoint listens to it.
    setMaxListeners(0, this.stopped.signal);
    this.giveUpAfterMs = options.giveUpAfterMs ?? GIVE_UP_AFTER_MS;
  }

  /**
   * Asks the address in use, and the next ones where it refuses.
   * @throws NoSoundAnswer when each address refuses; RetryableError when the endpoint stays away longer than
   * `giveUpAfterMs`; FatalError for an address of another chain
   */
  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    const startMs = Date.now();
    const refusals: Refusals = new Map();
    const results = await retry(() => this.askAround(payload, refusals), {
      isTransient: (error) => !(error instanceof FatalError || error instanceof NoSoundAnswer),
      onFailure: ({ error, attempt }) => {
        this.away(describe(error));
        if (Date.now() - startMs < this.giveUpAfterMs) return;
        const facts = { url: this.shownUrl(), attempts: attempt + 1, ...this.said(refusals) };
        throw new RetryableError('RPC endpoint does not answer', facts);
      },
      signal: this.stopped.signal,
    });
    this.back();
    return results;
  }

  /** One address after the other, from the one in use on, while they refuse. @throws what may pass by itself, too */
  private async askAround(payload: JsonRpcPayload | JsonRpcPayload[], refusals: Refusals): Promise<JsonRpcResult[]> {
    let empty: JsonRpcResult[] | undefined;
    for (let at = this.next(refusals); at !== undefined; at = this.next(refusals)) {
      try {
        if (this.urls.length > 1) await this.verify(at);
        const results = await this.ask(at, payload);
        // An endpoint says so too where it has lost a contract, or never had it.
        if (isEmptyCall(payload, results)) {
          empty ??= results;
          throw new Refusal('eth_call gives 0x');
        }
        this.use(at, refusals);
        return results;
      } catch (error) {
        if (error instanceof Refusal) {
          refusals.set(at, error.message);
          continue;
        }
        // Another request may have gone on meanwhile.
        if (this.current === at || refusals.has(this.current)) this.current = (at + 1) % this.urls.length;
        throw error;
      }
    }
    if (empty) return empty;
    throw new NoSoundAnswer(String([...refusals.values()][0]), this.said(refusals));
  }

  /** Index of the next address that has not refused. */
  private next(refusals: Refusals): number | undefined {
    const inOrder = this.urls.map((_, offset) => (this.current + offset) % this.urls.length);
    return inOrder.find((at) => !refusals.has(at));
  }

  private use(at: number, refusals: Refusals): void {
    if (!refusals.has(this.current)) return;
    const facts = { url: this.shownUrl(), reason: refusals.get(this.current), next: this.shownUrl(at) };
    log.warn(facts, 'RPC endpoint gives no sound answer; going on at the next');
    this.current = at;
  }

  /** @throws Refusal; ethers' error where there is no connection or no JSON */
  private async ask(at: number, payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    const request = new FetchRequest(this.urls[at] as string);
    request.timeout = REQUEST_TIMEOUT_MS;
    request.body = JSON.stringify(payload);
    request.setHeader('content-type', 'application/json');
    const response = await request.send();
    if (isForGood(response.statusCode)) throw new Refusal(`HTTP ${response.statusCode}`);
    response.assertOk();
    const results = [response.bodyJson].flat();
    if (results.some(isRateLimited)) throw new Error('rate limited');
    for (const call of [payload].flat()) requireAnswer(call, results);
    return results;
  }

  /** Checks once that an address is of this chain; with one address connectChain does it. */
  private async verify(at: number): Promise<void> {
    if (this.verified.has(at)) return;
    const [answer] = await this.ask(at, { id: 0, jsonrpc: '2.0', method: 'eth_chainId', params: [] });
    const answered = Number((answer as { result?: unknown }).result);
    if (answered !== this.chainId) {
      throw new FatalError(
        `CHAIN_ID: is ${this.chainId}, but the endpoint ${this.shownUrl(at)} of RPC_URL answers ${answered}`,
        'Correct CHAIN_ID or take that endpoint out of RPC_URL.',
      );
    }
    this.verified.add(at);
  }

  /** What each address that refused said, by its place in RPC_URL. */
  private said(refusals: Refusals): Record<string, string> {
    const inOrder = [...refusals].toSorted(([a], [b]) => a - b);
    return Object.fromEntries(inOrder.map(([at, words]) => [`endpoint ${at + 1}`, `${this.shownUrl(at)}: ${words}`]));
  }

  private shownUrl(at = this.current): string {
    return withoutSecrets(this.urls[at] as string);
  }

  override destroy(): void {
    this.stopped.abort(new RetryableError('the chain connection was closed'));
    super.destroy();
  }

  private away(reason: string): void {
    if (this.awaySinceMs !== undefined) return;
    this.awaySinceMs = Date.now();
    log.warn({ url: this.shownUrl(), reason }, 'RPC endpoint away; retrying with backoff');
  }

  private back(): void {
    if (this.awaySinceMs === undefined) return;
    const awayMs = Date.now() - this.awaySinceMs;
    this.awaySinceMs = undefined;
    log.info({ url: this.shownUrl(), awayMs }, 'RPC endpoint is back');
  }
}

/** Scheme and host only: paths and queries of RPC addresses carry API keys. */
function withoutSecrets(url: string): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}`;
}

function isRateLimited(result: unknown): boolean {
  const { error } = (result ?? {}) as { error?: { code?: unknown; message?: unknown } | null };
  return error != null && (error.code === LIMIT_EXCEEDED || isRateLimit(error));
}

/** A clear refusal, which waiting cannot mend: HTTP 4xx other than 408 and 429. */
function isForGood(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** A contract that was called gave nothing, as an address without code does. */
function isEmptyCall(payload: JsonRpcPayload | JsonRpcPayload[], results: readonly JsonRpcResult[]): boolean {
  const isCall = [payload].flat().some(({ method }) => method === 'eth_call');
  return isCall && results.some((one) => 'result' in one && one.result === '0x');
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return String(code ?? message ?? error).slice(0, 200);
}
