import { latestStartMs } from '../../protocol/rounds/timetable';
import type { RoundContext } from './context';
import { drawRound } from './draw';
import { RoundFault } from './fault';
import type { RoundMemory } from './memory';
import type { Open, Scheduled, Slot } from './states';
import { persistently } from './waiting';

/** Latest time at which a round's challenges may go out, ms since 1970. */
export function latestSendMs({ overlapMs }: Pick<RoundContext, 'overlapMs'>, slot: Slot): number {
  const { slotStartMs, slotEndMs, timetable } = slot;
  return slotStartMs + latestStartMs(timetable, slotEndMs - slotStartMs, overlapMs);
}

/**
 * Monotonic time at which the challenges are to go out: the drawn start. After a start of the process nodes come back
 * one after the other: the round waits for them as long as its slot allows.
 */
export function sendAtMs(ctx: Pick<RoundContext, 'clock' | 'presence' | 'overlapMs'>, slot: Slot): number {
  const toMonotonic = ctx.clock.monotonicMs() - ctx.clock.wallMs();
  const latestMs = latestSendMs(ctx, slot) + toMonotonic - slot.timetable.prepareMs;
  return Math.max(slot.startAtMs + toMonotonic, Math.min(ctx.presence.settledAtMs, latestMs));
}

/**
 * Waits for the round's preparation, draws it and writes the draw down.
 * @throws RoundFault when it is too late, the chain cannot be read in time, or this machine's clock is not the chain's
 */
export async function open(
  ctx: RoundContext,
  round: Scheduled,
  memory: RoundMemory,
  signal: AbortSignal,
): Promise<Open> {
  const { clock } = ctx;
  if (clock.wallMs() > latestSendMs(ctx, round)) throw new RoundFault('the oracle was not running in time');
  await clock.until(sendAtMs(ctx, round) - round.timetable.prepareMs, signal);
  const draw = async () => {
    const block = await ctx.chain.head();
    compareClocks(ctx, round, block.timestampSeconds * 1000);
    return drawRound(ctx, round, block);
  };
  const drawn = await persistently(ctx, `opening round ${round.round}`, signal, draw);
  await ctx.rounds.open(round.round, drawn.draw, drawn.challenges);
  memory.challenges.put(drawn.challenges);
  ctx.gateway.rememberDrawn(memory.challenges.nodes(), drawn.draw.openBlockTimeMs);
  return { ...round, state: 'open', draw: drawn.draw, sentAtMs: null };
}

/** The wall clock finds the slot: one that is not the chain's would hold rounds outside their slots. */
function compareClocks({ clock, maxClockDriftMs, log }: RoundContext, { round }: Slot, chainMs: number): void {
  const driftMs = Math.round(clock.wallMs() - chainMs);
  if (Math.abs(driftMs) > maxClockDriftMs) {
    throw new RoundFault(`the clock of this machine and the chain's newest block are ${driftMs} ms apart`);
  }
  if (Math.abs(driftMs) > maxClockDriftMs / 2) {
    log.warn({ round, driftMs, maxClockDriftMs }, 'clock and chain drift apart; check NTP and the RPC endpoint');
  }
}
