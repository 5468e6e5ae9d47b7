import { sleep } from './backoff';
import { until } from './patience';

/** Milliseconds of the system's monotonic clock; the same in all threads and processes of a machine. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Time as the rounds see it; the simulation has one of its own. */
export interface Clock {
  /** Wall clock, ms since 1970: for what is written down, and to find the slot. */
  wallMs(): number;
  /** Clock of all durations, ms; it never steps. */
  monotonicMs(): number;
  /** Resolves at this monotonic time or later. @throws the signal's reason when it fires first */
  until(atMs: number, signal: AbortSignal): Promise<void>;
  /** Resolves after `ms`, or at once, without an error, when the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The machine's clocks. */
export const SYSTEM_CLOCK: Clock = {
  wallMs: Date.now,
  monotonicMs,
  until: (atMs, signal) => until(atMs, signal, monotonicMs),
  sleep,
};
