import { LATE_MS } from '../tasks';
import type { VerdictCode } from '../verdicts';
import type { Absence, Facts } from './facts';

/** A verdict before it is signed. */
export interface Finding {
  code: VerdictCode;
  reason: string;
  numbers: Record<string, number>;
}

/** So much time lost at once makes the reporter absent; less is the everyday life of a busy machine. */
export const ABSENT_MS = 1_000;
/** Nodes dial again within this time: until then the reporter may not call a node unreachable. */
export const RECONNECT_MS = 15_000;

/**
 * The verdict on a challenge, from the recorded facts alone (protocol section 6). What the reporter could not do in time
 * ends as ORACLE_FAULT, in every phase; what the node did not do in time is the node's. Pure, so that anybody can make
 * it again from the transcript.
 */
export function decide(facts: Facts): Finding {
  if (!facts.opened) return fault(facts.fault ?? 'the round was not opened');
  return missing(facts) ?? unanswered(facts) ?? late(facts) ?? unrevealed(facts) ?? checked(facts);
}

/**
 * Time of absences between two times, both included; one that touches them counts whole. Hiccups do not add up to an
 * absence: a node could wait for enough of them.
 */
function awayMs(absences: readonly Absence[], fromMs: number, toMs: number): number {
  return lostMs(absences.filter(isAbsence), fromMs, toMs);
}

function isAbsence(absence: Absence): boolean {
  return absence.lostMs >= ABSENT_MS;
}

/** Time that the reporter lost between two times, both included: what touches them counts whole. */
function lostMs(absences: readonly Absence[], fromMs: number, toMs: number): number {
  return absences
    .filter((absence) => absence.fromMs <= toMs && absence.toMs >= fromMs)
    .reduce((sum, absence) => sum + absence.lostMs, 0);
}

/**
 * Time that the reporter lost between a sending and a receipt: absences that had ended by then. Who takes something in
 * is present, so an absence that seems to hold the receipt began after it: its beginning is known to the second only.
 */
function lostBefore(absences: readonly Absence[], sentMs: number, receivedMs: number): number {
  return lostMs(
    // Receipts are rounded down, ends of absences up.
    absences.filter(({ toMs }) => toMs <= receivedMs + 1),
    sentMs,
    receivedMs,
  );
}

/** Nodes that were not asked, or may not be. */
function missing({ sentMs, turnedAway, softwareAdapter, absences }: Facts): Finding | null {
  if (softwareAdapter) return finding('SOFTWARE_ADAPTER', 'the device has no GPU, and its class is one of GPUs');
  if (sentMs !== null) return null;
  const lost = awayMs(absences, -RECONNECT_MS, 0);
  if (lost >= ABSENT_MS) {
    return fault('the reporter was away shortly before the round: the node may have had no time to come back', {
      lostMs: lost,
    });
  }
  if (turnedAway) return fault('the node had wanted in, and the reporter could not ask the chain who it is');
  return finding('UNREACHABLE', 'the node had no session when the challenges went out');
}

/** Nodes without a COMMIT: busy, broken, or silent. */
function unanswered(facts: Facts): Finding | null {
  const { busy, brokenMs, commit, deadlineMs, absences } = facts;
  if (commit) return null;
  if (busy) {
    if (!busy.ruling) return fault('the busy claim could not be looked up on the chain');
    const { accepted, reason } = busy.ruling;
    return accepted
      ? finding('BUSY', reason)
      : finding('TIMEOUT', `no commitment, and the busy claim does not excuse: ${reason}`, { deadlineMs });
  }
  if (brokenMs !== null) {
    return finding('MALFORMED', 'the node sent a frame that breaks the protocol', { deadlineMs });
  }
  const sentMs = facts.sentMs ?? 0;
  const lost = awayMs(absences, sentMs, sentMs + deadlineMs + LATE_MS);
  if (lost >= ABSENT_MS) return fault(`the reporter was away for ${lost} ms while it waited`, { lostMs: lost });
  return finding('TIMEOUT', `no commitment within ${deadlineMs} ms`, { deadlineMs });
}

/** COMMITs after the deadline, and those that the reporter could not anchor. */
function late(facts: Facts): Finding | null {
  const { commit, deadlineMs, absences, anchored, fault: why } = facts;
  if (!commit) return null;
  const { elapsedMs, receivedMs } = commit;
  if (elapsedMs > deadlineMs) {
    const lost = lostBefore(absences, facts.sentMs ?? 0, receivedMs);
    if (elapsedMs - lost <= deadlineMs) {
      return fault(`the commitment came after ${elapsedMs} ms, for ${lost} ms of which the reporter stood still`, {
        lostMs: lost,
      });
    }
    const words = `committed after ${elapsedMs} ms; the deadline was ${deadlineMs} ms`;
    return finding('LATE', words, { deadlineMs });
  }
  return anchored ? null : fault(why ?? 'the commitment was not written down before the anchor');
}

/** Anchored commitments whose reveal did not come. */
function unrevealed({ coinsMs, revealMs, revealEndMs, absences, shared, fault: why }: Facts): Finding | null {
  if (revealMs !== null) return null;
  if (coinsMs === null || why !== null) return fault(why ?? 'the coins were not sent');
  const lost = awayMs(absences, coinsMs, revealEndMs);
  if (lost >= ABSENT_MS) return fault(`the reporter was away for ${lost} ms while it waited for the reveal`);
  if (shared) return replayed(shared);
  return finding('NO_OPENING', 'no complete opening arrived before the deadline');
}

/** Reveals: what the check found, unless the reporter could not check, or could not measure the time. */
function checked({ sentMs, commit, check, shared, absences, fault: why }: Facts): Finding {
  if (!check) return fault(why ?? 'the reveal was not checked in time');
  const { code, reason, numbers } = check;
  if (code === 'UNCHECKABLE') return fault(reason, numbers);
  if (code !== 'OK') return shared ? replayed(shared, numbers) : finding(code, reason, numbers);
  const lost = lostBefore(absences.filter(isAbsence), sentMs ?? 0, commit?.receivedMs ?? 0);
  if (lost >= ABSENT_MS) {
    return fault(`the work is right, but the reporter stood still for ${lost} ms while it ran: no time was measured`, {
      lostMs: lost,
    });
  }
  return finding('OK', reason, numbers);
}

/** Who can open its own challenge passes, whoever else sent the same bytes; who cannot has them from elsewhere. */
function replayed(shared: 'round' | 'earlier', numbers?: Record<string, number>): Finding {
  const where = shared === 'round' ? 'another one of this round' : 'one of an earlier round';
  return finding('REPLAYED', `the commitment is also ${where}, and the node cannot open it for its own task`, numbers);
}

function finding(code: VerdictCode, reason: string, numbers: Record<string, number> = {}): Finding {
  return { code, reason, numbers };
}

function fault(reason: string, numbers: Record<string, number> = {}): Finding {
  return finding('ORACLE_FAULT', reason, numbers);
}
