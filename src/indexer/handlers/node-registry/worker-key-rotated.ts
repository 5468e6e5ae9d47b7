import { events } from '../../../abi/NodeRegistry';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { agree } from '../../rules/checks';

/** Another key signs the node's messages from this block on. */
export const workerKeyRotated = handler({
  contract: 'NodeRegistry',
  event: events.WorkerKeyRotated,
  activity: ActivityKind.WORKER_KEY_ROTATED,
  rows: ({ nodeId }, names, at) => ({
    node: names.nodes.ref(nodeKey(nodeId)),
    rotation: names.keyRotations.new(at.id),
  }),
  apply({ previousWorkerKey, workerKey }, rows, at) {
    const node = rows.node.edit(at);
    agree(node, 'workerKey', node.workerKey, previousWorkerKey);
    node.workerKey = workerKey;
    rows.rotation.create(at, { node, previousWorkerKey, workerKey });
    return { node, account: node.operator, counterparty: workerKey };
  },
});
