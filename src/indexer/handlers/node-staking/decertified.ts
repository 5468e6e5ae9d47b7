import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { setCertified } from '../../rules/counters';

/** A node's self-stake fell below the certification threshold. */
export const decertified = handler({
  contract: 'NodeStaking',
  event: events.Decertified,
  load({ nodeId }, rows) {
    rows.nodes.want(nodeKey(nodeId));
  },
  apply({ nodeId, selfStake }, at, rows) {
    const node = rows.nodes.edit(nodeKey(nodeId));
    setCertified(node, rows.network(at), false);
    node.selfStake = selfStake;
    rows.activity(ActivityKind.DECERTIFIED, at, { node });
  },
});
