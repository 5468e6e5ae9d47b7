import { events } from '../../../abi/ReputationOracle';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { roundKey } from '../../ids';

/** Somebody stored the hash of a round's anchor block for contracts, which cannot look back far. */
export const anchorPinned = handler({
  contract: 'ReputationOracle',
  event: events.AnchorPinned,
  load({ round }, rows) {
    rows.rounds.want(roundKey(round));
  },
  apply({ round, anchorBlockHash }, at, rows) {
    rows.rounds.edit(roundKey(round)).anchorBlockHash = anchorBlockHash;
    rows.activity(ActivityKind.ANCHOR_PINNED, at, {});
  },
});
