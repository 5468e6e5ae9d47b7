import { setMaxListeners } from 'node:events';
import { createLogger } from '@subsquid/logger';
import { FetchRequest, type JsonRpcPayload, JsonRpcProvider, type JsonRpcResult } from 'ethers';
import { FatalError, RetryableError } from '../runtime/errors';
import { retry } from '../runtime/patience';
import { isRateLimit } from './rate-limit';

const log = createLogger('dpin:chain');

/** One request may take this long before it counts as lost. */
const REQUEST_TIMEOUT_MS = 15_000;
/** A call fails with RetryableError after the endpoint has been away for this long. */
const GIVE_UP_AFTER_MS = 60_000;
/** "Limit exceeded": of requests, for the methods that are asked here. */
const LIMIT_EXCEEDED = -32005;

export interface ProviderOptions {
  /** Milliseconds a call keeps trying while the endpoint is away; default 60 s. */
  giveUpAfterMs?: number;
}

/**
 * JSON-RPC provider of one known chain that retries what passes by itself (no connection, time-outs, HTTP 429 and 5xx,
 * rate-limit errors) with exponential backoff, and says once when the endpoint goes away and once when it is back.
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
    super(requestTo(list[0] as string), chainId, { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1 });
    this.urls = list;
    // Every call that waits for the endpoint listens to it.
    setMaxListeners(0, this.stopped.signal);
    this.giveUpAfterMs = options.giveUpAfterMs ?? GIVE_UP_AFTER_MS;
  }

  /** Where the next request goes. */
  override _getConnection(): FetchRequest {
    return requestTo(this.urls[this.current] as string);
  }

  private get shownUrl(): string {
    return withoutSecrets(this.urls[this.current] as string);
  }

  /** @throws RetryableError when the endpoint stays away longer than `giveUpAfterMs`. */
  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    const startMs = Date.now();
    let refused = 0;
    const urls = this.urls.length;
    const sendOnce = async () => {
      if (this.urls.length > 1) await this.verify();
      const results = await super._send(payload);
      if (results.some(isRateLimited)) throw new Error('rate limited');
      return results;
    };
    const results = await retry(sendOnce, {
      // What one address refuses for good another may take.
      isTransient: (error) => isTransient(error) || (!(error instanceof FatalError) && ++refused < urls),
      onFailure: ({ error, attempt }) => {
        this.away(describe(error));
        this.current = (this.current + 1) % this.urls.length;
        if (Date.now() - startMs < this.giveUpAfterMs) return;
        throw new RetryableError('RPC endpoint does not answer', { url: this.shownUrl, attempts: attempt + 1 });
      },
      signal: this.stopped.signal,
    });
    this.back();
    return results;
  }

  /** Checks once that the address in use is of this chain; with one address connectChain does it. */
  private async verify(): Promise<void> {
    const { current } = this;
    if (this.verified.has(current)) return;
    const [answer] = await super._send({ id: 0, jsonrpc: '2.0', method: 'eth_chainId', params: [] });
    const answered = Number((answer as { result?: unknown }).result);
    if (Number.isInteger(answered) && answered !== this.chainId) {
      throw new FatalError(
        `CHAIN_ID: is ${this.chainId}, but the endpoint ${this.shownUrl} of RPC_URL answers ${answered}`,
        'Correct CHAIN_ID or take that endpoint out of RPC_URL.',
      );
    }
    if (Number.isInteger(answered)) this.verified.add(current);
  }

  override destroy(): void {
    this.stopped.abort(new RetryableError('the chain connection was closed'));
    super.destroy();
  }

  private away(reason: string): void {
    if (this.awaySinceMs !== undefined) return;
    this.awaySinceMs = Date.now();
    log.warn({ url: this.shownUrl, reason }, 'RPC endpoint away; retrying with backoff');
  }

  private back(): void {
    if (this.awaySinceMs === undefined) return;
    const awayMs = Date.now() - this.awaySinceMs;
    this.awaySinceMs = undefined;
    log.info({ url: this.shownUrl, awayMs }, 'RPC endpoint is back');
  }
}

function requestTo(url: string): FetchRequest {
  const request = new FetchRequest(url);
  request.timeout = REQUEST_TIMEOUT_MS;
  return request;
}

/** Scheme and host only: paths and queries of RPC addresses carry API keys. */
function withoutSecrets(url: string): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}`;
}

function isRateLimited(result: JsonRpcResult): boolean {
  const { error } = result as { error?: { code?: unknown; message?: unknown } };
  return error != null && (error.code === LIMIT_EXCEEDED || isRateLimit(error));
}

/**
 * All transport failures are transient but a clear refusal (HTTP 4xx other than 408 and 429), which waiting cannot
 * mend.
 */
function isTransient(error: unknown): boolean {
  if (error instanceof FatalError) return false;
  const status = (error as { response?: { statusCode?: unknown } }).response?.statusCode;
  if (typeof status !== 'number') return true;
  return status >= 500 || status === 408 || status === 429;
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return String(code ?? message ?? error).slice(0, 200);
}
