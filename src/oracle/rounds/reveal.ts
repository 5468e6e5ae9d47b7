import { sha256 } from '../../protocol/hash';
import { TASKS } from '../../protocol/tasks';
import { patiently } from '../../runtime/patience';
import { type AnchoredChallenge, isAnchored } from '../store/model';
import type { RoundContext } from './context';
import { RoundFault } from './fault';
import { close } from './finish';
import { judge, settleAnchored, settleMissed } from './judge';
import type { RoundMemory } from './memory';
import { RevealPhase } from './reveal-phase';
import type { Closed, Opening } from './states';
import { coinsOf } from './transcript';

/**
 * Sends the coins, takes and judges what the nodes reveal, and closes the round.
 * @throws RoundFault when, after a restart, the anchor's block is no longer on the chain
 */
export async function reveal(ctx: RoundContext, found: Opening, memory: RoundMemory): Promise<Closed> {
  const round = memory.takenUpIn === 'opening' ? await takenUpAgain(ctx, found) : found;
  await settleAnchored(ctx, round, memory);
  const phase = new RevealPhase(round, memory.challenges.all().filter(isAnchored), {
    send: (nodeId, text) => ctx.gateway.send(nodeId, text),
    judge: (challenge, opening) => judgeOpening(ctx, round, memory, challenge, opening),
  });
  memory.reveals = phase;
  ctx.gateway.expect(round.round, phase.expected());
  phase.start();
  // Missed ones need not wait for the openings of the others.
  const missed = settleMissed(ctx, round, memory);
  missed.catch(() => undefined);
  for (const challenge of await phase.finished(ctx.signal)) {
    const reason = 'no complete opening arrived before the deadline';
    await judge(ctx, round, memory, challenge, { code: 'NO_OPENING', reason, numbers: {} });
  }
  await missed;
  return close(ctx, round, memory);
}

async function takenUpAgain(ctx: RoundContext, round: Opening): Promise<Opening> {
  const { blockNumber, blockHash } = round.anchor;
  const header = await patiently(`anchor of round ${round.round}`, () => ctx.chain.blocks.header(blockNumber), ctx);
  if (header?.hash !== blockHash) throw new RoundFault('the block of the anchor left the chain');
  const openDeadlineMs = Math.max(round.openDeadlineMs, Date.now() + ctx.minOpenMs);
  await ctx.rounds.openingAgain(round.round, openDeadlineMs);
  return { ...round, openDeadlineMs };
}

async function judgeOpening(
  ctx: RoundContext,
  round: Opening,
  memory: RoundMemory,
  challenge: AnchoredChallenge,
  opening: Uint8Array,
): Promise<void> {
  const coins = coinsOf(round, challenge);
  const { cpuMs, ...finding } = await ctx.verifier.check({
    kind: 'opening',
    taskSeed: challenge.taskSeed,
    commitment: challenge.commit.commitment,
    coins,
    params: challenge.params,
    opening,
  });
  ctx.log.debug({ round: round.round, nodeId: challenge.nodeId, code: finding.code, cpuMs }, 'opening checked');
  const { hasBackstop, hasPublicOpening } = TASKS[challenge.params.task];
  if (finding.code === 'OK' && hasBackstop) await ctx.openings.keep({ challenge, coins, opening });
  const proof = finding.code === 'OK' && hasPublicOpening ? Buffer.from(opening).toString('utf8') : null;
  const revealed = { ...challenge, reveal: { digest: sha256(opening), bytes: opening.length, proof } };
  await judge(ctx, round, memory, revealed, finding);
}
