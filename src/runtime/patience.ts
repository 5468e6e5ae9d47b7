import type { Logger } from '@subsquid/logger';
import { backoffMs, sleep } from './backoff';
import { RetryableError } from './errors';

/** What setTimeout can hold; a longer wait would end at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A failure that is about to be waited out. */
export interface Failure {
  error: Error;
  /** Failures in a row before this one. */
  attempt: number;
  /** Milliseconds until the next attempt. */
  waitMs: number;
}

export interface RetryOptions {
  /** Whether an error may pass by itself; default: a RetryableError does. */
  isTransient?(error: unknown): boolean;
  /** Told of each failure before the wait, to say so; an error it throws ends the attempts. */
  onFailure?(failure: Failure): void;
  /** Milliseconds to wait after the attempt number `attempt` (from 0) failed; default `backoffMs`. */
  delayMs?(attempt: number): number;
  /** Waits between attempts; default: on the system's clock. */
  sleep?(ms: number, signal?: AbortSignal): Promise<void>;
  /** Ends the wait and the attempts. */
  signal?: AbortSignal;
  /** Wall-clock time after which the last error is thrown; default never. */
  untilMs?: number;
}

/**
 * Does `work`, again and again with growing waits while it fails with what may pass by itself.
 * @param work is told how many attempts failed in a row; calling `progressed` counts from 0 again
 * @throws what cannot be mended by waiting; what `onFailure` throws; the signal's reason when the process stops
 */
export async function retry<T>(
  work: (attempt: number, progressed: () => void) => Promise<T>,
  {
    isTransient = isRetryable,
    onFailure,
    delayMs = backoffMs,
    sleep: rest = sleep,
    signal,
    untilMs = Number.POSITIVE_INFINITY,
  }: RetryOptions,
): Promise<T> {
  let attempt = 0;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await work(attempt, () => (attempt = 0));
    } catch (error) {
      signal?.throwIfAborted();
      if (!isTransient(error) || Date.now() >= untilMs) throw error;
      const waitMs = Math.min(delayMs(attempt), Math.max(0, untilMs - Date.now()));
      onFailure?.({ error: error as Error, attempt, waitMs });
      await rest(waitMs, signal);
      attempt++;
    }
  }
}

/**
 * Repeats `work` while it fails with a RetryableError (the chain is away), saying so once.
 * @param untilMs wall-clock time after which the last error is thrown; default never
 * @throws what cannot be mended by waiting; the signal's reason when the process stops
 */
export function patiently<T>(
  what: string,
  work: () => Promise<T>,
  { log, signal, untilMs }: { log: Logger; signal: AbortSignal; untilMs?: number },
): Promise<T> {
  const onFailure = ({ error, attempt }: Failure) => {
    if (attempt === 0) log.warn({ ...(error as RetryableError).facts }, `${what}: ${error.message}; trying again`);
  };
  return retry(work, { onFailure, signal, untilMs });
}

/** Resolves after `ms`. @throws the signal's reason when the process stops first */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, signal);
  signal.throwIfAborted();
}

/**
 * Resolves once the clock says `atMs` or later. A timer may fire a millisecond before its time, so the clock is asked
 * again: whoever compares with the same clock afterwards finds the time passed.
 * @param clock ms now; the wall clock unless told otherwise
 * @throws the signal's reason when it fires first
 */
export async function until(atMs: number, signal: AbortSignal, clock: () => number = Date.now): Promise<void> {
  signal.throwIfAborted();
  for (let leftMs = atMs - clock(); leftMs > 0; leftMs = atMs - clock()) {
    await wait(Math.min(leftMs, LONGEST_TIMER_MS), signal);
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof RetryableError;
}

/** @throws Error when the work takes longer than `limitMs`; it goes on, and nobody waits for it */
export async function inTime<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
