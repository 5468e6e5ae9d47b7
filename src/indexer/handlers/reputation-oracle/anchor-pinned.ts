import { events } from '../../../abi/ReputationOracle';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { roundKey } from '../../ids';

/** Somebody stored the hash of a round's anchor block for contracts, which cannot look back far. */
export const anchorPinned = handler({
  contract: 'ReputationOracle',
  event: events.AnchorPinned,
  activity: ActivityKind.ANCHOR_PINNED,
  rows: ({ round }, names) => ({ round: names.rounds.ref(roundKey(round)) }),
  apply({ anchorBlockHash }, rows) {
    rows.round.edit().anchorBlockHash = anchorBlockHash;
    return {};
  },
});
