import type { OracleSchedule } from '../../chain/reputation';

/** Length L of an epoch, seconds. */
export function epochSeconds({ slotSeconds, slotsPerEpoch }: OracleSchedule): number {
  return slotSeconds * slotsPerEpoch;
}

/** End of an epoch, seconds since 1970 (protocol section 2). */
export function epochEnd(schedule: OracleSchedule, epoch: bigint): number {
  return schedule.genesisTime + (Number(epoch) + 1) * epochSeconds(schedule);
}

/** The newest epoch that is over at `now` (seconds); undefined before the first ends. */
export function lastFinishedEpoch(schedule: OracleSchedule, now: number): bigint | undefined {
  const finished = Math.floor((now - schedule.genesisTime) / epochSeconds(schedule));
  return finished > 0 ? BigInt(finished - 1) : undefined;
}

/**
 * Whether an epoch in which nothing was measured may be left out: a newer one is over for so long that the contract accepts
 * it after a gap (protocol section 9: all skipped epochs ended more than skipGrace ago).
 */
export function maySkip(schedule: OracleSchedule, epoch: bigint, now: number): boolean {
  // Epoch + 1 posted next: the newest epoch it skips is this one.
  return now > epochEnd(schedule, epoch) + schedule.skipGraceSeconds;
}
