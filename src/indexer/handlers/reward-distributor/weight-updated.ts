import { events } from '../../../abi/RewardDistributor';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';

/** A node's weight in the emission was computed anew. */
export const weightUpdated = handler({
  contract: 'RewardDistributor',
  event: events.WeightUpdated,
  activity: ActivityKind.WEIGHT_UPDATED,
  rows: ({ nodeId }, names) => ({ node: names.nodes.ref(nodeKey(nodeId)), network: names.network }),
  apply({ weight, totalWeight }, rows, at) {
    const node = rows.node.edit();
    node.weight = weight;
    rows.network.edit(at).totalWeight = totalWeight;
    return { node };
  },
});
