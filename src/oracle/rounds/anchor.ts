import { ContractRevert } from '../../chain/revert';
import type { RoundContext } from './context';
import { RoundFault } from './fault';
import { close } from './finish';
import { findShared, settleMissed } from './judge';
import type { RoundMemory } from './memory';
import type { Anchoring, Closed, Committed, Opening } from './states';
import { persistently } from './waiting';

/** A round with commitments is anchored; one without is over when everybody has a verdict. */
export async function anchorOrClose(
  ctx: RoundContext,
  round: Committed,
  memory: RoundMemory,
): Promise<Anchoring | Closed> {
  if (round.commitments.count === 0) {
    await settleMissed(ctx, round, memory);
    return close(ctx, { ...round, anchor: null }, memory);
  }
  await ctx.rounds.anchoring(round.round);
  return { ...round, state: 'anchoring' };
}

/**
 * Anchors the commitments and waits until the anchor is final; then the coins may go out.
 * @throws RoundFault when the contract refuses it (for instance the slot is over) or the anchor's block left the chain
 */
export async function anchor(
  ctx: RoundContext,
  round: Anchoring,
  memory: RoundMemory,
  signal: AbortSignal,
): Promise<Opening> {
  const startMs = ctx.clock.monotonicMs();
  const [final] = await Promise.all([
    persistently(ctx, `anchor of round ${round.round}`, signal, () =>
      ctx.chain.anchor(round.round, round.draw, round.commitments),
    ).catch((error: unknown) => {
      if (!(error instanceof ContractRevert)) throw error;
      throw new RoundFault(`the anchor was refused: ${error.reason}`, { cause: error });
    }),
    findShared(ctx, round, memory),
  ]);
  signal.throwIfAborted();
  ctx.metrics.observe('dpin_oracle_anchor_seconds', {}, (ctx.clock.monotonicMs() - startMs) / 1000);
  await ctx.rounds.opening(round.round, final);
  ctx.log.info(
    { round: round.round, block: final.blockNumber, commitments: round.commitments.count, tx: final.txHash },
    'round anchored',
  );
  return { ...round, state: 'opening', anchor: final, coinsMs: null };
}
