import { z } from 'zod';
import { ProtocolError } from '../errors';
import { LATE_MS } from '../tasks';

const duration = z.number().int().min(0).max(3_600_000);

/**
 * How long each part of a round takes on a network (protocol section 2). What is drawn is the start alone; after it
 * every time is fixed, whatever the nodes do.
 */
export const TIMETABLE = z.strictObject({
  /** Before the start: the draw is made, written down and signed. The start may slip by as much, never more. */
  prepareMs: duration,
  /** From CHALLENGE to the end of the longest commit window; the anchor is sent then, with what has arrived. */
  commitMs: duration,
  /** Within this the anchor is final, and the coins go out. */
  anchorMs: duration,
  /** A node has at least this from COINS to the end of its reveal. */
  revealMs: duration,
  /** Within this the last reveal is checked and the last verdict given. */
  verdictMs: duration,
});
export type Timetable = z.output<typeof TIMETABLE>;

/** When the parts of a round end, ms after its challenges went out. */
export interface RoundTimes {
  commitEndMs: number;
  /** No COMMIT is taken any more: what came until here and after its deadline is LATE. */
  lateEndMs: number;
  anchorEndMs: number;
  revealEndMs: number;
  /** Every verdict is given. */
  endMs: number;
}

/** When the parts of a round end. */
export function roundTimes({ commitMs, anchorMs, revealMs, verdictMs }: Timetable): RoundTimes {
  const anchorEndMs = commitMs + anchorMs;
  const revealEndMs = anchorEndMs + revealMs;
  return {
    commitEndMs: commitMs,
    lateEndMs: commitMs + LATE_MS,
    anchorEndMs,
    revealEndMs,
    endMs: revealEndMs + verdictMs,
  };
}

/**
 * Latest time in its slot at which a round's challenges may go out, so that the rest fits: the anchor into the slot (the
 * contract takes none outside), the verdicts into the slot and what may overlap the next ones. @returns ms after the
 * slot's start; negative when not even that is early enough
 * @param overlapMs how far beyond its slot a round may reach; 0 where nodes have machines of their own
 */
export function latestStartMs(timetable: Timetable, slotMs: number, overlapMs: number): number {
  const { anchorEndMs, endMs } = roundTimes(timetable);
  return Math.min(slotMs - anchorEndMs, slotMs + overlapMs - endMs);
}

/**
 * How much later than the earliest start the drawn one may be. The earliest leaves time to prepare, and so does the
 * latest: a preparation that takes longer than it should must not cost the round.
 * @throws ProtocolError when the slot does not hold a round
 */
export function spareMs(timetable: Timetable, slotMs: number, overlapMs: number): number {
  const spare = latestStartMs(timetable, slotMs, overlapMs) - 2 * timetable.prepareMs;
  if (spare < 0) throw new ProtocolError(`a slot of ${slotMs} ms is ${-spare} ms too short for a round`);
  return spare;
}
