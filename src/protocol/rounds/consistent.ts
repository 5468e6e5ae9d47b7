import { LATE_MS } from '../tasks';
import type { Facts } from './facts';

/**
 * A process that ends in the moment of sending leaves behind that the challenges went out, not to the millisecond when.
 */
const SENDING_MS = 1_000;

/**
 * What in recorded facts contradicts itself: no reporter that follows the protocol records such facts, whatever goes
 * wrong. Null when nothing does. `decide` makes a verdict of any facts; this says which of them cannot be.
 */
export function factsProblem(facts: Facts): string | null {
  const { opened, sentMs, turnedAway, commit, busy, brokenMs, anchored, coinsMs, revealMs, check } = facts;
  const { deadlineMs, revealEndMs, absences, fault } = facts;
  if (!opened && (sentMs !== null || anchored || coinsMs !== null)) return 'opened is false, and something was sent';
  if (turnedAway && (!opened || sentMs !== null))
    return 'turnedAway, and the challenge was sent or the round not opened';
  if (sentMs === null && (commit || busy || brokenMs !== null || anchored)) {
    return 'sentMs is null, and the node answered';
  }
  for (const [name, answer] of Object.entries({ commit, busy })) {
    if (answer && answer.receivedMs < (sentMs ?? 0) - 1) return `${name}.receivedMs is before sentMs`;
    if (answer && answer.receivedMs > (sentMs ?? 0) + deadlineMs + LATE_MS + SENDING_MS) {
      return `${name}.receivedMs is after all that counts`;
    }
  }
  if (commit && Math.abs(commit.receivedMs - (sentMs ?? 0) - commit.elapsedMs) > SENDING_MS) {
    return 'commit.elapsedMs is not the time from sentMs to commit.receivedMs';
  }
  if (anchored && (!commit || commit.elapsedMs > deadlineMs)) return 'anchored without a commitment in time';
  if (revealMs !== null && !anchored) return 'revealMs without an anchor';
  if (revealMs !== null && revealMs > revealEndMs) return 'revealMs is after revealEndMs';
  if (check && revealMs === null) return 'check without a reveal';
  if (anchored && revealMs === null && fault === null && coinsMs !== null && coinsMs > revealEndMs) {
    // The coins came too late for any reveal; who sends them then was away before, and says so.
    const isAway = absences.some(({ toMs }) => toMs >= deadlineMs);
    if (!isAway) return 'coinsMs is after revealEndMs';
  }
  return absences.some(({ fromMs, toMs }) => toMs < fromMs) ? 'an absence ends before it begins' : null;
}
