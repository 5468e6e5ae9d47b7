import { ContractRevert } from '../../chain/revert';
import { toHex } from '../../protocol/bytes';
import { patiently } from '../../runtime/patience';
import type { RoundContext } from './context';
import { RoundFault } from './fault';
import { close } from './finish';
import { settleMissed } from './judge';
import type { RoundMemory } from './memory';
import type { Anchor, Anchoring, Closed, Committed, Opening } from './states';

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
export async function anchor(ctx: RoundContext, round: Anchoring): Promise<Opening> {
  const final = await finalAnchor(ctx, round);
  const openDeadlineMs = Math.max(round.slotEndMs, Date.now() + ctx.minOpenMs);
  await ctx.rounds.opening(round.round, final, openDeadlineMs);
  ctx.log.info(
    { round: round.round, block: final.blockNumber, commitments: round.commitments.count, tx: final.txHash },
    'round anchored',
  );
  return { ...round, state: 'opening', anchor: final, openDeadlineMs };
}

/** Safe to call again after a crash: the outbox knows the key. */
async function finalAnchor(ctx: RoundContext, { round, draw, commitments }: Anchoring): Promise<Anchor> {
  const data = ctx.chain.oracle.encodeAnchorRound({
    round: BigInt(round),
    openBlock: draw.openBlock,
    openBlockHash: draw.openBlockHash,
    root: toHex(commitments.root),
    count: commitments.count,
    coinHash: toHex(draw.coinHash),
  });
  const send = async () => {
    const receipt = await ctx.sender.send({ key: `anchor:${round}`, to: ctx.oracleAddress, data });
    const header = await ctx.chain.blocks.header(receipt.blockNumber);
    if (header?.hash !== receipt.blockHash) throw new RoundFault('the block of the anchor left the chain');
    const { txHash, blockNumber, blockHash } = receipt;
    return { txHash, blockNumber, blockHash, blockTimeMs: header.timestampSeconds * 1000 };
  };
  try {
    return await patiently(`anchor of round ${round}`, send, ctx);
  } catch (error) {
    if (!(error instanceof ContractRevert)) throw error;
    throw new RoundFault(`the anchor was refused: ${error.reason}`, { cause: error });
  }
}
