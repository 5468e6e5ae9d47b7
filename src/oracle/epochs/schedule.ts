import type { OracleSchedule } from '../../chain/reputation';

/** Length L of an epoch, seconds. */
export function epochSeconds({ slotSeconds, slotsPerEpoch }: OracleSchedule): number {
  return slotSeconds * slotsPerEpoch;
}

/** End of an epoch, seconds since 1970 (protocol section 2). */
export function epochEnd(schedule: OracleSchedule, epoch: number): number {
  return schedule.genesisTime + (epoch + 1) * epochSeconds(schedule);
}

/** The newest epoch that is over at `now` (seconds); undefined before the first ends. */
export function lastFinishedEpoch(schedule: OracleSchedule, now: number): number | undefined {
  const finished = Math.floor((now - schedule.genesisTime) / epochSeconds(schedule));
  return finished > 0 ? finished - 1 : undefined;
}

/**
 * The newest epoch that may be left out if nothing was measured in it: the epoch after it is over, and the contract
 * accepts that one after a gap (protocol section 9: all skipped epochs ended more than skipGrace ago). −1 when there is
 * none.
 */
export function lastSkippable(schedule: OracleSchedule, now: number): number {
  const skipped = Math.ceil((now - schedule.skipGraceSeconds - schedule.genesisTime) / epochSeconds(schedule)) - 2;
  return Math.max(-1, skipped);
}
