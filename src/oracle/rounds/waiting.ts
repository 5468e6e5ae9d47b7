import { setMaxListeners } from 'node:events';
import { RetryableError } from '../../runtime/errors';
import { retry } from '../../runtime/patience';
import type { RoundContext } from './context';
import { RoundFault } from './fault';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 3_200;

/**
 * What `work` gives, if it does so by a monotonic time: the watchdog of a state. Work that comes late is left to
 * itself: its signal has fired, and a round that is over refuses whatever it still writes.
 * @throws RoundFault with `what` when it is late; what the work throws; the signal's reason when the process stops
 */
export async function within<T>(
  { clock, signal }: Pick<RoundContext, 'clock' | 'signal'>,
  untilMs: number,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const late = new AbortController();
  const watchdog = clock.until(untilMs, AbortSignal.any([signal, over.signal])).then<never>(() => {
    const fault = new RoundFault(what);
    late.abort(fault);
    throw fault;
  });
  const either = AbortSignal.any([signal, late.signal]);
  // Every wait of the work listens to it.
  setMaxListeners(0, either);
  const working = work(either);
  // Whichever loses the race may still fail; nobody waits for it any more.
  watchdog.catch(() => undefined);
  working.catch(() => undefined);
  try {
    return await Promise.race([working, watchdog]);
  } finally {
    over.abort(new Error('done'));
  }
}

/**
 * Repeats `work` while it fails with a RetryableError (the chain is away), saying so once.
 * @throws what waiting cannot mend; the signal's reason when it fires
 */
export function persistently<T>(
  { clock, log }: Pick<RoundContext, 'clock' | 'log'>,
  what: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  return retry(work, {
    onFailure: ({ error, attempt }) => {
      if (attempt === 0) log.warn({ ...(error as RetryableError).facts }, `${what}: ${error.message}; trying again`);
    },
    delayMs: (attempt) => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt),
    sleep: (ms) => clock.sleep(ms, signal),
    signal,
  });
}

/**
 * Resolves when everything that nodes sent until a monotonic time was handed over. Where that cannot be known (the
 * gateway's thread died) all that came since `sinceMs` may be lost: an absence.
 */
export async function heard(
  { gateway, presence, signal }: Pick<RoundContext, 'gateway' | 'presence' | 'signal'>,
  sinceMs: number,
  untilMs: number,
): Promise<void> {
  await gateway.heardUpTo(untilMs).catch(() => {
    if (!signal.aborted) presence.lose(sinceMs);
  });
}
