import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { setCertified } from '../../rules/counters';

/** A node's self-stake reached the certification threshold. */
export const certified = handler({
  contract: 'NodeStaking',
  event: events.Certified,
  load({ nodeId }, rows) {
    rows.nodes.want(nodeKey(nodeId));
  },
  apply({ nodeId, selfStake }, at, rows) {
    const node = rows.nodes.edit(nodeKey(nodeId));
    setCertified(node, rows.network(at), true);
    node.selfStake = selfStake;
    rows.activity(ActivityKind.CERTIFIED, at, { node });
  },
});
