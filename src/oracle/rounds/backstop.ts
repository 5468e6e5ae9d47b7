import { MAX_WORDS } from '../../protocol/messages';
import { decide } from '../../protocol/rounds/decide';
import { TASK_NAMES, TASKS } from '../../protocol/tasks';
import { challengeKey, isAnchored } from '../store/model';
import type { RoundContext } from './context';
import { openingOf, RevealGone } from './opening';
import { anchorPaths } from './paths';
import { anchoredOf } from './states';
import { coinsOf } from './transcript';
import { giveVerdict, type VerdictContext } from './verdict';

/** What the backstop takes. */
export interface BackstopContext extends Omit<VerdictContext, 'challenges'>, Pick<RoundContext, 'checker'> {
  rounds: Pick<RoundContext['rounds'], 'find'>;
  challenges: Pick<RoundContext['challenges'], 'ofRound' | 'saveVerdict' | 'toCheckAgain' | 'checkedAgain'>;
}

/**
 * Backstop of protocol section 3, run when every round of the epoch is over: recomputes the first sample of each
 * device's last accepted gemm round of the epoch whole from X_0. A difference turns that round's verdict into
 * WRONG_RESULT, with a new transcript. May be run again: what was checked is not checked twice.
 * @throws RetryableError when the disk fails
 */
export async function runBackstop(ctx: BackstopContext, epoch: number): Promise<void> {
  const tasks = TASK_NAMES.filter((name) => TASKS[name].hasBackstop);
  for (const challenge of await ctx.challenges.toCheckAgain(epoch, tasks)) {
    ctx.signal.throwIfAborted();
    const { nodeId, device, taskSeed, params, commit, verdict } = challenge;
    const round = await ctx.rounds.find(challenge.round);
    const anchored = round && anchoredOf(round);
    if (!anchored) throw new Error(`round ${challenge.round} of an accepted reveal is missing`);
    const check = await checkWhole(ctx, {
      kind: 'backstop',
      label: `backstop of round ${challenge.round} node ${nodeId} device ${device}`,
      taskSeed,
      commitment: commit.commitment,
      coins: coinsOf(anchored, challenge),
      params,
      opening: () => openingOf(ctx, challenge),
    });
    if (check && check.code !== 'OK' && check.code !== 'UNCHECKABLE' && verdict?.facts) {
      const { reason, numbers } = check;
      ctx.log.warn({ round: challenge.round, nodeId, reason }, 'backstop found a wrong column');
      const found = { code: 'WRONG_RESULT', reason: `backstop: ${reason}`.slice(0, MAX_WORDS), numbers } as const;
      const facts = { ...verdict.facts, check: found };
      const all = (await ctx.challenges.ofRound(challenge.round)).filter(isAnchored);
      const path = anchorPaths(all).get(challengeKey(challenge)) ?? [];
      await giveVerdict(ctx, round, challenge, { finding: decide(facts), facts, sample: null, path, replace: true });
    }
    await ctx.challenges.checkedAgain(challenge);
  }
}

/** A reveal that is gone must not hold up the epoch, and every one after it: its verdict stands. @returns null then */
function checkWhole({ checker, log }: BackstopContext, job: Parameters<BackstopContext['checker']['check']>[0]) {
  return checker.check(job).catch((error: Error) => {
    if (!(error instanceof RevealGone)) throw error;
    log.warn({ reason: error.message }, 'the backstop leaves out a reveal; look at EVIDENCE_MAX_GB and the disk');
    return null;
  });
}
