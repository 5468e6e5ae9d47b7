/** First and longest wait between attempts; the wait doubles in between. */
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;

/**
 * Milliseconds to wait after the attempt number `attempt` (from 0) failed: doubling from the first to the longest, less
 * up to a fifth at random, so that many who wait for the same thing do not come back together.
 */
export function backoffMs(attempt: number, firstMs = FIRST_DELAY_MS, longestMs = LONGEST_DELAY_MS): number {
  const base = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 16));
  return Math.round(base * (1 - Math.random() / 5));
}

/** Resolves after `ms` milliseconds, or at once (without an error) when the signal fires. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
