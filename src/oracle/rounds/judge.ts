import { decide } from '../../protocol/rounds/decide';
import { type Challenge, challengeKey, isAnchored, isCommitted } from '../store/model';
import type { Outcome } from '../verification/check';
import { lookUpClaim } from './claims';
import type { RoundContext } from './context';
import { factsOf, sharedInRound } from './facts';
import type { RoundMemory } from './memory';
import type { UnfinishedRound } from './states';
import { giveVerdict } from './verdict';
import { heard } from './waiting';

/** Verdicts that are given at the same time. */
const AT_ONCE = 16;

/**
 * Gives a challenge the verdict that its recorded facts decide, once; asked again it waits for the same.
 * @param check what checking its reveal found, if it was checked
 */
export function judge(
  ctx: RoundContext,
  round: UnfinishedRound,
  memory: RoundMemory,
  challenge: Challenge,
  check: Outcome | null = null,
): Promise<void> {
  const key = challengeKey(challenge);
  const known = memory.judging.get(key);
  if (known || memory.challenges.of(key)?.verdict) return known ?? Promise.resolve();
  const facts = factsOf(ctx, round, memory, challenge, check);
  const judgement = { facts, finding: decide(facts), sample: check?.sample ?? null, path: memory.paths.get(key) ?? [] };
  const judging = giveVerdict(ctx, round, challenge, judgement).then((judged) => memory.challenges.put([judged]));
  // Whoever closes the round waits for it and sees its failure.
  judging.catch(() => undefined);
  memory.judging.set(key, judging);
  return judging;
}

/** Gives several challenges their verdicts, some at the same time: each waits for disk and database. */
export async function judgeAll(
  ctx: RoundContext,
  round: UnfinishedRound,
  memory: RoundMemory,
  challenges: readonly Challenge[],
): Promise<void> {
  for (let start = 0; start < challenges.length; start += AT_ONCE) {
    ctx.signal.throwIfAborted();
    const some = challenges.slice(start, start + AT_ONCE);
    await Promise.all(some.map((challenge) => judge(ctx, round, memory, challenge)));
  }
}

/**
 * Verdicts of everything that is not under the anchor, once nothing can be LATE any more; begun once, as soon as the
 * commit window is over.
 */
export function settleMissed(ctx: RoundContext, round: UnfinishedRound, memory: RoundMemory): Promise<void> {
  memory.missed ??= settle(ctx, round, memory);
  // Whoever closes the round waits for it and sees its failure.
  memory.missed.catch(() => undefined);
  return memory.missed;
}

async function settle(ctx: RoundContext, round: UnfinishedRound, memory: RoundMemory): Promise<void> {
  const endMs = memory.originMs! + memory.times.lateEndMs;
  await ctx.clock.until(endMs, ctx.signal);
  await heard(ctx, memory.originMs!, endMs);
  await memory.answers?.saved();
  const missed = memory.challenges.all().filter((challenge) => !challenge.verdict && !isAnchored(challenge));
  if (round.state !== 'scheduled') {
    for (const challenge of missed) if (challenge.busy) await lookUpClaim(ctx, round, memory, challenge);
  }
  await judgeAll(
    ctx,
    round,
    memory,
    missed.map((challenge) => memory.challenges.of(challengeKey(challenge)) ?? challenge),
  );
}

/** Looks up which commitments were also given elsewhere; what their nodes reveal decides. */
export async function findShared(ctx: RoundContext, { round }: UnfinishedRound, memory: RoundMemory): Promise<void> {
  const committed = memory.challenges.all().filter(isCommitted);
  const earlier = await ctx.challenges.seenBefore(
    round,
    committed.map(({ commit }) => commit.commitment),
  );
  const shared = new Map<string, 'round' | 'earlier'>();
  for (const commitment of earlier) shared.set(commitment, 'earlier');
  for (const commitment of sharedInRound(committed)) shared.set(commitment, 'round');
  memory.shared = shared;
}
