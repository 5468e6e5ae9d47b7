import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { agree } from '../../rules/checks';
import { setCertified } from '../../rules/counters';

/** A node's self-stake reached the certification threshold. */
export const certified = handler({
  contract: 'NodeStaking',
  event: events.Certified,
  activity: ActivityKind.CERTIFIED,
  rows: ({ nodeId }, names) => ({ node: names.nodes.ref(nodeKey(nodeId)), network: names.network }),
  apply({ selfStake }, rows, at) {
    const node = rows.node.edit(at);
    agree(node, 'certified', node.certified, false);
    agree(node, 'selfStake', node.selfStake, selfStake);
    setCertified(node, rows.network.edit(at), true);
    return { node };
  },
});
