import { z } from 'zod';
import { MAX_WORDS } from '../messages';

const ms = z.number().int().min(-86_400_000).max(86_400_000);
const words = z.string().max(MAX_WORDS);
const numbers = z.record(z.string().max(40), z.number());

/**
 * When the reporter could not take anything in: its process was down, stood still, or its machine slept. A reporter
 * that is absent hears nothing, so nothing that falls into an absence counts against a node.
 */
export const ABSENCE = z.strictObject({
  fromMs: ms,
  toMs: ms,
  /** How much time was lost: more than `toMs - fromMs` where the machine slept and its monotonic clock with it. */
  lostMs: z.number().int().min(0),
});
export type Absence = z.output<typeof ABSENCE>;

/** What the market said of a BUSY claim: whether it excuses, and why. */
export const BUSY_RULING = z.strictObject({ accepted: z.boolean(), reason: words });
export type BusyRuling = z.output<typeof BUSY_RULING>;

/** What a check of a reveal found; `UNCHECKABLE`: it brought the checker down again and again. */
export const CHECK_CODES = ['OK', 'WRONG_RESULT', 'BAD_OPENING', 'PROOF_INVALID', 'UNCHECKABLE'] as const;

/**
 * Everything that decides a challenge, as the reporter recorded it. Times are whole ms after the round's challenges went
 * out, by the reporter's monotonic clock. `decide` makes the verdict of them and of nothing else.
 */
export const FACTS = z.strictObject({
  /** Deadline of the COMMIT, ms after the challenge was sent. */
  deadlineMs: ms,
  /** When the reveal was due. */
  revealEndMs: ms,
  /** Challenges of the round went out at all. */
  opened: z.boolean(),
  /** When this challenge was sent; null when the node had no session. */
  sentMs: ms.nullable(),
  /**
   * It had none, but had wanted one shortly before, when the reporter could not ask the chain who it is. Not recorded in
   * the first rounds of version 2 of the wire.
   */
  turnedAway: z.boolean().default(false),
  /** The node said that it computes without a GPU, in a class for GPUs. */
  softwareAdapter: z.boolean(),
  /** When the node sent a frame that breaks the protocol, before it had answered. */
  brokenMs: ms.nullable(),
  /** The first COMMIT that carried the worker key's signature. `elapsedMs` is receipt minus send, rounded up. */
  commit: z.strictObject({ receivedMs: ms, elapsedMs: z.number().int().min(0) }).nullable(),
  /** A BUSY claim, and what the market said of it at the open block; null while the chain could not be read. */
  busy: z.strictObject({ receivedMs: ms, ruling: BUSY_RULING.nullable() }).nullable(),
  /** The commitment lies under the round's final anchor. */
  anchored: z.boolean(),
  /** The same commitment was given elsewhere: by another challenge of this round, or in an earlier one. */
  shared: z.enum(['round', 'earlier']).nullable(),
  /** When the coins were first sent; null when never. */
  coinsMs: ms.nullable(),
  /** When the whole reveal had arrived. */
  revealMs: ms.nullable(),
  /** What checking the reveal found. */
  check: z.strictObject({ code: z.enum(CHECK_CODES), reason: words, numbers }).nullable(),
  /** Absences of the reporter that touch the round or the moments before it. */
  absences: z.array(ABSENCE).max(1_000),
  /** Why the reporter could not go on with the round; null when it could. */
  fault: words.nullable(),
});
export type Facts = z.output<typeof FACTS>;
