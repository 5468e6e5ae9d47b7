import { type Challenge, challengeKey } from '../store/model';
import { epochOf, type RoundContext, slotOf } from './context';
import { RoundFault } from './fault';
import type { RoundMemory } from './memory';
import type { Open } from './states';
import { persistently, within } from './waiting';

/**
 * Looks a busy claim up and writes down what the market said; asked again while it is at it, it waits for that. A claim
 * that cannot be looked up before the anchor is due stays without a ruling, which is the reporter's fault.
 */
export function lookUpClaim(
  ctx: RoundContext,
  round: Pick<Open, 'round' | 'draw'>,
  memory: RoundMemory,
  challenge: Challenge,
): Promise<void> {
  const key = challengeKey(challenge);
  const known = memory.claims.get(key);
  if (known) return known;
  const looking = lookUp(ctx, round, memory, challenge);
  // Whoever settles the round waits for it and sees its failure.
  looking.catch(() => undefined);
  memory.claims.set(key, looking);
  return looking;
}

async function lookUp(
  ctx: RoundContext,
  { round, draw }: Pick<Open, 'round' | 'draw'>,
  memory: RoundMemory,
  challenge: Challenge,
): Promise<void> {
  const { busy, nodeId } = challenge;
  if (!busy || busy.ruling) return;
  const epochStartMs = slotOf(epochOf(round, ctx.times) * ctx.times.slotsPerEpoch, ctx.times).startMs;
  const untilMs = (memory.originMs ?? 0) + memory.times.anchorEndMs;
  const what = `busy claim of node ${nodeId}`;
  try {
    const ruling = await within(ctx, untilMs, `${what} could not be looked up in time`, (signal) =>
      persistently(ctx, what, signal, () => ctx.chain.busyRuling({ challenge, draw, epochStartMs })),
    );
    const ruled = { ...challenge, busy: { ...busy, ruling } };
    await ctx.challenges.saveAnswer(ruled);
    memory.challenges.put([ruled]);
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    const { message } = error as Error;
    ctx.log.warn({ round, nodeId, late: error instanceof RoundFault, error: message }, 'busy claim not looked up');
  }
}
