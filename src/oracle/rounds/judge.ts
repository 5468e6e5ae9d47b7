import { aborted } from '../../runtime/stop-signal';
import { type Challenge, challengeKey, isAnchored } from '../store/model';
import { rulingsOf } from './busy';
import type { RoundContext } from './context';
import type { RoundMemory } from './memory';
import { type Facts, type Finding, settleWithoutOpening } from './settle';
import type { Committed, Opening, UnfinishedRound } from './states';
import { giveVerdict } from './verdict';

/** Gives a challenge its verdict and remembers it. */
export async function judge(
  ctx: RoundContext,
  round: UnfinishedRound,
  memory: RoundMemory,
  challenge: Challenge,
  finding: Finding,
): Promise<void> {
  memory.challenges.put([await giveVerdict(ctx, round, challenge, finding)]);
}

/** Verdicts of everything that is not under the anchor, once nothing can be LATE any more. */
export async function settleMissed(ctx: RoundContext, round: Committed | Opening, memory: RoundMemory): Promise<void> {
  if (memory.commits) await Promise.race([memory.commits.late, aborted(ctx.signal)]);
  ctx.signal.throwIfAborted();
  await memory.commits?.saved();
  await settle(ctx, round, memory, (challenge) => !isAnchored(challenge));
}

/** Verdicts of anchored commitments that no opening can save: copies of others. */
export async function settleAnchored(ctx: RoundContext, round: Opening, memory: RoundMemory): Promise<void> {
  await settle(ctx, round, memory, isAnchored);
}

async function settle(
  ctx: RoundContext,
  round: Committed | Opening,
  memory: RoundMemory,
  isMeant: (challenge: Challenge) => boolean,
): Promise<void> {
  const challenges = memory.challenges.all().filter(isMeant);
  const commitments = challenges.filter(isAnchored).map(({ commit }) => commit.commitment);
  const facts: Facts = {
    malformed: memory.commits?.malformed ?? new Set(),
    seenBefore: await ctx.challenges.seenBefore(round.round, commitments),
    busy: await rulingsOf(ctx, round, challenges),
  };
  const findings = settleWithoutOpening(challenges, facts);
  for (const challenge of challenges) {
    const finding = findings.get(challengeKey(challenge));
    if (finding) await judge(ctx, round, memory, challenge, finding);
  }
}
