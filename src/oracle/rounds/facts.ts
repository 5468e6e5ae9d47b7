import { toHex } from '../../protocol/bytes';
import { MAX_WORDS } from '../../protocol/messages';
import { RECONNECT_MS } from '../../protocol/rounds/decide';
import type { Facts } from '../../protocol/rounds/facts';
import type { Challenge } from '../store/model';
import type { Outcome } from '../verification/check';
import type { RoundContext } from './context';
import type { RoundMemory } from './memory';
import type { Round } from './states';

const MAX_ABSENCES = 1_000;

/**
 * What was recorded of a challenge until now, for `decide`.
 * @param check what checking its reveal found, if it was checked
 */
export function factsOf(
  ctx: Pick<RoundContext, 'presence'>,
  round: Round,
  memory: Pick<RoundMemory, 'originMs' | 'times' | 'shared' | 'fault'>,
  challenge: Challenge,
  check: Outcome | null,
): Facts {
  const { commit, busy, reveal } = challenge;
  const { originMs, times, shared, fault } = memory;
  return {
    deadlineMs: challenge.deadlineMs,
    revealEndMs: times.revealEndMs,
    opened: originMs !== null,
    sentMs: challenge.sentMs,
    turnedAway: challenge.turnedAway,
    softwareAdapter: challenge.softwareAdapter,
    brokenMs: challenge.brokenMs,
    commit: commit && { receivedMs: commit.receivedMs, elapsedMs: commit.elapsedMs },
    busy: busy && { receivedMs: busy.receivedMs, ruling: busy.ruling },
    anchored: challenge.leafIndex !== null && 'anchor' in round && round.anchor !== null,
    shared: (commit && shared.get(toHex(commit.commitment))) ?? null,
    coinsMs: 'coinsMs' in round ? round.coinsMs : null,
    revealMs: reveal?.receivedMs ?? null,
    check: check && { code: check.code, reason: check.reason.slice(0, MAX_WORDS), numbers: check.numbers },
    absences:
      originMs === null ? [] : [...ctx.presence.absences(originMs - RECONNECT_MS, originMs)].slice(-MAX_ABSENCES),
    fault: fault?.slice(0, MAX_WORDS) ?? null,
  };
}

/** Commitments (0x hex) that several challenges of the round have. */
export function sharedInRound(challenges: readonly Challenge[]): Set<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { commit } of challenges) {
    if (!commit) continue;
    const commitment = toHex(commit.commitment);
    if (seen.has(commitment)) shared.add(commitment);
    seen.add(commitment);
  }
  return shared;
}
