import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { setCertified } from '../../rules/counters';

/** A node's self-stake fell below the certification threshold. */
export const decertified = handler({
  contract: 'NodeStaking',
  event: events.Decertified,
  activity: ActivityKind.DECERTIFIED,
  rows: ({ nodeId }, names) => ({ node: names.nodes.ref(nodeKey(nodeId)), network: names.network }),
  apply({ selfStake }, rows, at) {
    const node = rows.node.edit();
    setCertified(node, rows.network.edit(at), false);
    node.selfStake = selfStake;
    return { node };
  },
});
