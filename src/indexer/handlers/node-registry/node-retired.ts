import { events } from '../../../abi/NodeRegistry';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { agree } from '../../rules/checks';
import { countScore } from '../../rules/counters';

/** The operator took the node out for good. */
export const nodeRetired = handler({
  contract: 'NodeRegistry',
  event: events.NodeRetired,
  activity: ActivityKind.NODE_RETIRED,
  rows: ({ nodeId }, names) => ({ node: names.nodes.ref(nodeKey(nodeId)), network: names.network }),
  apply(_, rows, at) {
    const node = rows.node.edit(at);
    agree(node, 'retired', node.retired, false);
    const network = rows.network.edit(at);
    countScore(network, node, -1);
    node.retired = true;
    network.retiredNodeCount += 1;
    return { node, account: node.operator };
  },
});
