import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
const DEFAULT_LIMIT_MS = 90_000;

/**
 * Looks every 50 ms until there is something (anything but false, undefined or null), and gives that.
 * @param what what is waited for, in the words of the error
 * @throws Error when `limitMs` are over; the error of `look` at once
 */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  limitMs = DEFAULT_LIMIT_MS,
): Promise<Exclude<T, false | null | undefined>> {
  const startMs = performance.now();
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== null && seen !== undefined) {
      return seen as Exclude<T, false | null | undefined>;
    }
    if (performance.now() - startMs > limitMs) throw new Error(`${what}: did not happen within ${limitMs} ms`);
    await sleep(POLL_MS);
  }
}
