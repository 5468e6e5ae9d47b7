import { patiently, until, wait } from '../../runtime/patience';
import type { RoundContext } from './context';
import { drawRound } from './draw';
import { RoundFault } from './fault';
import type { RoundMemory } from './memory';
import type { Open, Scheduled, Slot } from './states';

/** What is left of the slot after the last deadline must hold the anchor's transaction. */
const ANCHOR_MS = 2_000;
/** Deadline assumed before the challenges are drawn: that of a run of 4 s. */
const USUAL_DEADLINE_MS = 6_000;
const POLL_MS = 500;

/** Latest time at which challenges can go out, ms since 1970. */
export function latestStartMs({ slotEndMs }: Slot): number {
  return slotEndMs - USUAL_DEADLINE_MS - ANCHOR_MS;
}

/**
 * Waits for the round's start, draws it and writes the draw down.
 * @throws RoundFault when it is too late, or the chain cannot be read in time
 */
export async function open(ctx: RoundContext, round: Scheduled, memory: RoundMemory): Promise<Open> {
  const latestMs = latestStartMs(round);
  const startMs = Math.max(round.startAtMs, memory.notBeforeMs);
  if (startMs > latestMs || Date.now() > latestMs) throw new RoundFault('the oracle was not running in time');
  await until(startMs, ctx.signal);
  while (memory.isSettling() && Date.now() < latestMs) await wait(POLL_MS, ctx.signal);
  const { draw, challenges } = await patiently(`opening round ${round.round}`, () => drawRound(ctx, round), {
    ...ctx,
    untilMs: latestMs,
  }).catch((error) => {
    if (ctx.signal.aborted) throw error;
    throw new RoundFault(`the chain could not be read: ${(error as Error).message}`, { cause: error });
  });
  await ctx.rounds.open(round.round, draw, challenges);
  memory.challenges.put(challenges);
  return { ...round, state: 'open', draw };
}
