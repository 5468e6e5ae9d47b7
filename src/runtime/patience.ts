import type { Logger } from '@subsquid/logger';
import { backoffMs, sleep } from './backoff';
import { RetryableError } from './errors';

/**
 * Repeats `work` while it fails with a RetryableError (the chain is away), saying so once.
 * @param untilMs wall-clock time after which the last error is thrown; default never
 * @throws what cannot be mended by waiting; the signal's reason when the process stops
 */
export async function patiently<T>(
  what: string,
  work: () => Promise<T>,
  { log, signal, untilMs = Number.POSITIVE_INFINITY }: { log: Logger; signal: AbortSignal; untilMs?: number },
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RetryableError) || Date.now() >= untilMs) throw error;
      if (attempt === 0) log.warn({ ...error.facts }, `${what}: ${error.message}; trying again`);
      await sleep(Math.min(backoffMs(attempt), Math.max(0, untilMs - Date.now())), signal);
    }
  }
}

/** Resolves after `ms`. @throws the signal's reason when the process stops first */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, signal);
  signal.throwIfAborted();
}
