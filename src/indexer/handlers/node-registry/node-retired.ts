import { events } from '../../../abi/NodeRegistry';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';

/** The operator took the node out for good. */
export const nodeRetired = handler({
  contract: 'NodeRegistry',
  event: events.NodeRetired,
  load({ nodeId }, rows) {
    rows.nodes.want(nodeKey(nodeId));
  },
  apply({ nodeId }, at, rows) {
    const node = rows.nodes.edit(nodeKey(nodeId));
    node.retired = true;
    rows.network(at).retiredNodeCount += 1;
    rows.activity(ActivityKind.NODE_RETIRED, at, { node });
  },
});
