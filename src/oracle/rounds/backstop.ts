import type { RoundContext } from './context';
import { giveVerdict, type VerdictContext } from './verdict';

/** What the backstop takes. */
export interface BackstopContext
  extends VerdictContext,
    Pick<RoundContext, 'openings' | 'verifier' | 'log' | 'signal'> {
  rounds: Pick<RoundContext['rounds'], 'find'>;
}

/**
 * Backstop of protocol section 3, run when every other round of the epoch is over: recomputes the first sample of each
 * device's last gemm round of the epoch whole from X_0. A difference turns that round's verdict into WRONG_RESULT, with
 * a new transcript.
 */
export async function runBackstop(ctx: BackstopContext, epoch: number): Promise<void> {
  for (const { challenge, coins, opening } of await ctx.openings.toCheck(epoch)) {
    ctx.signal.throwIfAborted();
    const { code, reason, numbers } = await ctx.verifier.check({
      kind: 'backstop',
      taskSeed: challenge.taskSeed,
      commitment: challenge.commit.commitment,
      coins,
      params: challenge.params,
      opening,
    });
    if (code !== 'OK' && challenge.verdict?.code === 'OK') {
      const round = await ctx.rounds.find(challenge.round);
      if (!round) throw new Error(`round ${challenge.round} of a kept opening is missing`);
      ctx.log.warn({ round: challenge.round, nodeId: challenge.nodeId, reason }, 'backstop found a wrong column');
      await giveVerdict(ctx, round, challenge, { code: 'WRONG_RESULT', reason: `backstop: ${reason}`, numbers }, true);
    }
    await ctx.openings.checked(challenge);
  }
}
