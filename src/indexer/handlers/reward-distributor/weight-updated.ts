import { events } from '../../../abi/RewardDistributor';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';

/** A node's weight in the emission was computed anew. */
export const weightUpdated = handler({
  contract: 'RewardDistributor',
  event: events.WeightUpdated,
  load({ nodeId }, rows) {
    rows.nodes.want(nodeKey(nodeId));
  },
  apply({ nodeId, weight, totalWeight }, at, rows) {
    const node = rows.nodes.edit(nodeKey(nodeId));
    node.weight = weight;
    rows.network(at).totalWeight = totalWeight;
    rows.activity(ActivityKind.WEIGHT_UPDATED, at, { node });
  },
});
