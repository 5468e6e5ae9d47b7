import { type Challenge, UNANSWERED } from '../store/model';
import type { RoundContext } from './context';
import { judgeAll, settleMissed } from './judge';
import type { RoundMemory } from './memory';
import {
  type Anchor,
  type Closed,
  type Committed,
  commitmentsOf,
  drawOf,
  type Slot,
  type UnfinishedRound,
  type Void,
} from './states';

/** Ends a round whose challenges all have their verdict. */
export async function close(
  ctx: RoundContext,
  round: Omit<Committed, 'state'> & { readonly anchor: Anchor | null },
  memory: RoundMemory,
): Promise<Closed> {
  await finish(ctx, round, memory, null);
  return { ...round, state: 'closed' };
}

/**
 * Ends a round that the reporter cannot hold: what its nodes did not do in time is theirs, everything else is
 * ORACLE_FAULT. Nodes of a round that never opened get a neutral record.
 */
export async function makeVoid(
  ctx: RoundContext,
  round: UnfinishedRound,
  memory: RoundMemory,
  fault: string,
): Promise<Void> {
  memory.fault = fault;
  memory.reveals?.stop();
  if (memory.originMs !== null) await settleMissed(ctx, round, memory);
  else if (memory.challenges.all().length === 0) {
    memory.challenges.put((await ctx.challenges.ofNewestBefore(round.round)).map((last) => unopened(last, round)));
    await ctx.challenges.insertNeutral(memory.challenges.all());
  }
  await judgeAll(ctx, round, memory, memory.challenges.all());
  await finish(ctx, round, memory, fault);
  return {
    ...round,
    state: 'void',
    draw: drawOf(round),
    commitments: commitmentsOf(round),
    anchor: 'anchor' in round ? round.anchor : null,
    fault,
  };
}

async function finish(
  ctx: RoundContext,
  { round, epoch }: Slot,
  memory: RoundMemory,
  fault: string | null,
): Promise<void> {
  await Promise.all(memory.judging.values());
  await ctx.rounds.finish(round, fault);
  const facts = { round, epoch, verdicts: countByCode(memory.challenges.all()) };
  ctx.metrics.add('dpin_oracle_rounds_total', { end: fault === null ? 'closed' : 'void' });
  for (const [code, count] of Object.entries(facts.verdicts)) {
    ctx.metrics.add('dpin_oracle_verdicts_total', { code }, count);
  }
  if (fault === null) ctx.log.info(facts, 'round closed');
  else ctx.log.warn({ ...facts, fault }, 'round void');
}

/** A device as the last round knew it, in a round that never opened. */
function unopened(last: Challenge, { round, epoch }: Slot): Challenge {
  return { ...last, round, epoch, taskSeed: new Uint8Array(32), ...UNANSWERED };
}

function countByCode(challenges: readonly Challenge[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict } of challenges) {
    if (verdict) counts[verdict.code] = (counts[verdict.code] ?? 0) + 1;
  }
  return counts;
}
