import { ContractRevert } from '../../chain/revert';
import { toHex } from '../../protocol/bytes';
import { patiently } from '../../runtime/patience';
import type { Round, RoundAnchor } from '../store/model';
import type { RoundContext } from './context';

/** The round cannot be anchored; it becomes void and counts for nobody. */
export class RoundFault extends Error {
  override readonly name = 'RoundFault';
}

/**
 * Anchors a round's commitments and waits until the anchor is final. Safe to call again after a crash: the outbox knows the key.
 * @param round in state committed or anchoring
 * @throws RoundFault when the contract refuses it (for instance the slot is over) or the anchor's block left the chain
 */
export async function anchorRound(ctx: RoundContext, round: Round): Promise<RoundAnchor> {
  const { opening, committed } = round;
  if (!opening || !committed) throw new TypeError(`round ${round.round} is not committed`);
  const data = ctx.chain.oracle.encodeAnchorRound({
    round: BigInt(round.round),
    openBlock: opening.openBlock,
    openBlockHash: opening.openBlockHash,
    root: toHex(committed.root),
    count: committed.commitCount,
    coinHash: toHex(opening.coinHash),
  });
  try {
    return await patiently(
      `anchor of round ${round.round}`,
      async () => {
        const receipt = await ctx.sender.send({ key: `anchor:${round.round}`, to: ctx.oracleAddress, data });
        const header = await ctx.chain.blocks.header(receipt.blockNumber);
        if (header?.hash !== receipt.blockHash) throw new RoundFault('the block of the anchor left the chain');
        return {
          txHash: receipt.txHash,
          blockNumber: receipt.blockNumber,
          blockHash: receipt.blockHash,
          blockTimeMs: header.timestamp * 1000,
        };
      },
      ctx,
    );
  } catch (error) {
    if (error instanceof ContractRevert)
      throw new RoundFault(`the anchor was refused: ${error.reason}`, { cause: error });
    throw error;
  }
}
