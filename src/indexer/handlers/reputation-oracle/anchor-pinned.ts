import { events } from '../../../abi/ReputationOracle';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { roundKey } from '../../ids';
import { agree } from '../../rules/checks';

/** Somebody stored the hash of a round's anchor block for contracts, which cannot look back far. */
export const anchorPinned = handler({
  contract: 'ReputationOracle',
  event: events.AnchorPinned,
  activity: ActivityKind.ANCHOR_PINNED,
  rows: ({ round }, names) => ({ round: names.rounds.ref(roundKey(round)) }),
  apply({ anchorBlock, anchorBlockHash }, rows, at) {
    const round = rows.round.edit(at);
    agree(round, 'block', BigInt(round.block), anchorBlock);
    agree(round, 'anchorBlockHash', round.anchorBlockHash, null);
    round.anchorBlockHash = anchorBlockHash;
    return {};
  },
});
