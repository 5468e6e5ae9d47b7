import { type AnchoredChallenge, isAnchored } from '../store/model';
import type { CheckResult } from '../verification/check';
import type { RoundContext } from './context';
import { RoundFault } from './fault';
import { close } from './finish';
import { findShared, judge, judgeAll, settleMissed } from './judge';
import type { RoundMemory } from './memory';
import { openingOf } from './opening';
import { Reveals } from './reveals';
import type { Closed, Opening } from './states';
import { coinsOf } from './transcript';
import { heard, persistently, within } from './waiting';

/**
 * Sends the coins, keeps, checks and judges what the nodes reveal, and closes the round when every challenge has its
 * verdict; what did not come by its time, and what could not be checked by its time, has one too.
 * @throws RoundFault when, after a restart, the anchor's block is no longer on the chain
 */
export async function reveal(
  ctx: RoundContext,
  found: Opening,
  memory: RoundMemory,
  signal: AbortSignal,
): Promise<Closed> {
  const originMs = memory.originMs!;
  const revealEndMs = originMs + memory.times.revealEndMs;
  const endMs = originMs + memory.times.endMs;
  if (memory.takenUpIn === 'opening') {
    await checkAnchorAgain(ctx, found, signal);
    await findShared(ctx, found, memory);
  }
  const coinsMs = found.coinsMs ?? Math.ceil(ctx.clock.monotonicMs() - originMs);
  const round: Opening = { ...found, coinsMs };

  const checks = new Checks(ctx, round, memory, signal);
  const check = (challenge: AnchoredChallenge) => checks.add(challenge);
  const reveals = new Reveals(ctx, round, originMs, memory.times.revealEndMs, memory, check);
  memory.reveals = reveals;
  reveals.start();
  await ctx.rounds.coinsSent(round.round, coinsMs);
  for (const challenge of anchoredOf(memory)) if (challenge.reveal) check(challenge);

  await unlessLate(ctx, revealEndMs, () => reveals.all());
  if (ctx.clock.monotonicMs() >= revealEndMs) await heard(ctx, originMs + coinsMs, revealEndMs);
  reveals.stop();
  await judgeAll(
    ctx,
    round,
    memory,
    anchoredOf(memory).filter((challenge) => !challenge.reveal),
  );
  await unlessLate(ctx, endMs, async () => {
    await reveals.kept();
    await checks.done();
  });
  await judgeAll(ctx, round, memory, anchoredOf(memory));
  await settleMissed(ctx, round, memory);
  return close(ctx, round, memory);
}

/** Anchored challenges that wait for their verdict. */
function anchoredOf({ challenges }: RoundMemory): AnchoredChallenge[] {
  return challenges
    .all()
    .filter(isAnchored)
    .filter(({ verdict }) => !verdict);
}

/** Waits for work, at most until a monotonic time. @throws the signal's reason when the process stops */
async function unlessLate(ctx: RoundContext, untilMs: number, work: () => Promise<void>): Promise<void> {
  await within(ctx, untilMs, 'late', work).catch((error: unknown) => {
    if (!(error instanceof RoundFault)) throw error;
  });
}

async function checkAnchorAgain(ctx: RoundContext, round: Opening, signal: AbortSignal): Promise<void> {
  const { blockNumber, blockHash } = round.anchor;
  const what = `anchor of round ${round.round}`;
  const header = await persistently(ctx, what, signal, () => ctx.chain.header(blockNumber));
  if (header?.hash !== blockHash) throw new RoundFault('the block of the anchor left the chain');
}

/** Checks of a round's reveals that are under way. */
class Checks {
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly ctx: RoundContext,
    private readonly round: Opening,
    private readonly memory: RoundMemory,
    private readonly signal: AbortSignal,
  ) {}

  add(challenge: AnchoredChallenge): void {
    const { round, nodeId, device } = challenge;
    const running = this.check(challenge)
      .catch((error: Error) => {
        if (this.signal.aborted) return;
        this.ctx.log.error({ round, nodeId, device, error: error.message }, 'reveal could not be checked');
      })
      .finally(() => this.running.delete(running));
    this.running.add(running);
  }

  async done(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private async check(challenge: AnchoredChallenge): Promise<void> {
    const { ctx, round } = this;
    const { nodeId, device, params, taskSeed, commit } = challenge;
    const result = await ctx.checker.check({
      kind: 'opening',
      label: `round ${round.round} node ${nodeId} device ${device}`,
      taskSeed,
      commitment: commit.commitment,
      coins: coinsOf(round, challenge),
      params,
      opening: () => openingOf(ctx, challenge),
    });
    this.report(challenge, result);
    this.signal.throwIfAborted();
    await judge(ctx, round, this.memory, challenge, result);
  }

  private report({ nodeId }: AnchoredChallenge, { code, reason, cpuMs }: CheckResult): void {
    const { ctx, round } = this;
    ctx.log.debug({ round: round.round, nodeId, code, cpuMs }, 'reveal checked');
    if (code !== 'UNCHECKABLE') return;
    ctx.addIncident({
      ...{ round: round.round, nodeId, remote: '', kind: 'uncheckable', closeCode: null },
      ...{ frameType: 'OPEN', frameBytes: null, detail: reason },
    });
  }
}
