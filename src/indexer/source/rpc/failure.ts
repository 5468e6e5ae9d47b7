import { isRateLimit } from '../../../chain/rate-limit';

/**
 * What a failed request to an endpoint means for whoever asked:
 * - `away`: no connection, or HTTP 5xx; the same request may work later, or elsewhere at once
 * - `timeout`: no answer in time; a smaller request may work
 * - `limited`: too many requests; wait
 * - `refused`: answered with an error; a smaller request may work, or another endpoint
 * - `stale`: the endpoint does not have a block that exists, or two of its answers are of different chains
 * - `unsound`: the answer is not what the method gives, or contradicts itself
 */
export type FailureKind = 'away' | 'timeout' | 'limited' | 'refused' | 'stale' | 'unsound';

/** A request to an endpoint that failed. */
export class RpcFailure extends Error {
  override readonly name = 'RpcFailure';
  constructor(
    readonly kind: FailureKind,
    message: string,
    /** Milliseconds that the endpoint asked to wait. */
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An answer is longer than whoever asked wants to hold. Nothing is wrong with the endpoint. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Words by which endpoints say that they are behind, or that a reorg took the block. */
const STALE_WORDS =
  /not found|unknown block|block height|beyond .*head|(last|latest) accepted block|future block|greater than .*latest/i;
/** "Limit exceeded": of requests, but also, where logs are asked for, of blocks or results. */
const LIMIT_EXCEEDED = -32005;

const METHOD_NOT_FOUND = -32601;

/** What an error object in an answer means. */
export function failureOf(error: unknown, method: string, retryAfterMs?: number): RpcFailure {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const said = `${method}: ${String(message ?? 'error').slice(0, 200)} (${String(code)})`;
  const text = String(message ?? '');
  const limited = isRateLimit({ code, message }) || (code === LIMIT_EXCEEDED && method !== 'eth_getLogs');
  if (limited) return new RpcFailure('limited', said, retryAfterMs);
  const isStale = code !== METHOD_NOT_FOUND && STALE_WORDS.test(text) && !/method/i.test(text);
  return new RpcFailure(isStale ? 'stale' : 'refused', said);
}

/** An endpoint may ask for a longer rest than is good for the index; then it is tried again all the same. */
const LONGEST_RETRY_AFTER_MS = 10 * 60_000;

/** Milliseconds of a Retry-After header, seconds or a date; ten minutes at most. */
export function retryAfterMs(header: string | null, nowMs = Date.now()): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms)) : undefined;
}
