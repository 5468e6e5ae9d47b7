import { setMaxListeners } from 'node:events';
import { createLogger } from '@subsquid/logger';
import { FetchRequest, type JsonRpcPayload, JsonRpcProvider, type JsonRpcResult } from 'ethers';
import { RetryableError } from '../runtime/errors';
import { retry } from '../runtime/patience';

const log = createLogger('dpin:chain');

/** One request may take this long before it counts as lost. */
const REQUEST_TIMEOUT_MS = 15_000;
/** A call fails with RetryableError after the endpoint has been away for this long. */
const GIVE_UP_AFTER_MS = 60_000;
/** JSON-RPC error codes by which endpoints say "too many requests". */
const RATE_LIMIT_CODES = new Set([-32005, 429]);

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
  private readonly shownUrl: string;

  constructor(url: string, chainId: number, options: ProviderOptions = {}) {
    const request = new FetchRequest(url);
    request.timeout = REQUEST_TIMEOUT_MS;
    // The chain id is checked by connectChain; caching answers would show stale heads to code that polls.
    super(request, chainId, { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1 });
    // Every call that waits for the endpoint listens to it.
    setMaxListeners(0, this.stopped.signal);
    this.giveUpAfterMs = options.giveUpAfterMs ?? GIVE_UP_AFTER_MS;
    this.shownUrl = withoutSecrets(url);
  }

  /** @throws RetryableError when the endpoint stays away longer than `giveUpAfterMs`. */
  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    const startMs = Date.now();
    const sendOnce = async () => {
      const results = await super._send(payload);
      if (results.some(isRateLimited)) throw new Error('rate limited');
      return results;
    };
    const results = await retry(sendOnce, {
      isTransient,
      onFailure: ({ error, attempt }) => {
        this.away(describe(error));
        if (Date.now() - startMs < this.giveUpAfterMs) return;
        throw new RetryableError('RPC endpoint does not answer', { url: this.shownUrl, attempts: attempt + 1 });
      },
      signal: this.stopped.signal,
    });
    this.back();
    return results;
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

/** Scheme and host only: paths and queries of RPC addresses carry API keys. */
function withoutSecrets(url: string): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}`;
}

function isRateLimited(result: JsonRpcResult): boolean {
  const { error } = result as { error?: { code?: unknown } };
  return typeof error?.code === 'number' && RATE_LIMIT_CODES.has(error.code);
}

/**
 * All transport failures are transient but a clear refusal (HTTP 4xx other than 408 and 429), which waiting cannot
 * mend.
 */
function isTransient(error: unknown): boolean {
  const status = (error as { response?: { statusCode?: unknown } }).response?.statusCode;
  if (typeof status !== 'number') return true;
  return status >= 500 || status === 408 || status === 429;
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return String(code ?? message ?? error).slice(0, 200);
}
