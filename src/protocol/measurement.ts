import { ProtocolError } from './errors';
import { type VerdictCode, verdictGroup } from './verdicts';

/**
 * Highest performance that a round counts and a report may state, in basis points of the class reference (section 3).
 */
export const MAX_PERF_BPS = 20_000;

export const EpochStatus = { none: 0, fail: 1, pass: 2 } as const;
export type EpochStatusValue = (typeof EpochStatus)[keyof typeof EpochStatus];

/** One round of a node: its verdict and the floor of the mean perfBps over its registered devices. */
export interface RoundOutcome {
  code: VerdictCode;
  perfBps: number;
}

/**
 * A node's measurement of one epoch (protocol section 6). Status is the first that matches: fail when a round failed or
 * more than a quarter of the non-neutral rounds were missed, none when fewer than half of the rounds are non-neutral
 * (or there was none), else pass. perf is the floor of the mean over non-neutral rounds; only a passed round brings
 * performance, a missed or failed one counts 0.
 * @throws ProtocolError when a perfBps is not a whole number in 0..20000
 */
export function epochMeasurement(rounds: readonly RoundOutcome[]): { status: EpochStatusValue; perf: number } {
  let failed = 0;
  let missed = 0;
  let counted = 0;
  let perfSum = 0;
  for (const { code, perfBps } of rounds) {
    if (!Number.isInteger(perfBps) || perfBps < 0 || perfBps > MAX_PERF_BPS) {
      throw new ProtocolError(`perfBps ${perfBps} is not in 0..${MAX_PERF_BPS}`);
    }
    const group = verdictGroup(code);
    if (group === 'neutral') continue;
    counted++;
    if (group === 'fail') failed++;
    else if (group === 'missed') missed++;
    else perfSum += perfBps;
  }
  const perf = counted === 0 ? 0 : Math.floor(perfSum / counted);
  if (failed > 0 || 4 * missed > counted) return { status: EpochStatus.fail, perf };
  if (counted === 0 || 2 * counted < rounds.length) return { status: EpochStatus.none, perf };
  return { status: EpochStatus.pass, perf };
}

/** A node's value of one round: floor of the mean over its registered devices, an unanswered device counting 0. */
export function roundPerfBps(perfBpsOfAnswered: readonly number[], registeredDevices: number): number {
  if (registeredDevices < 1 || perfBpsOfAnswered.length > registeredDevices) {
    throw new ProtocolError(`${perfBpsOfAnswered.length} answers of ${registeredDevices} devices`);
  }
  return Math.floor(perfBpsOfAnswered.reduce((sum, perfBps) => sum + perfBps, 0) / registeredDevices);
}
