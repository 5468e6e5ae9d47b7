import { events } from '../../../abi/NodeRegistry';
import { ActivityKind, WorkerKeyRotation } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';

/** Another key signs the node's messages from this block on. */
export const workerKeyRotated = handler({
  contract: 'NodeRegistry',
  event: events.WorkerKeyRotated,
  load({ nodeId }, rows) {
    rows.nodes.want(nodeKey(nodeId));
  },
  apply({ nodeId, previousWorkerKey, workerKey }, at, rows) {
    const node = rows.nodes.edit(nodeKey(nodeId));
    node.workerKey = workerKey;
    rows.keyRotations.add(
      new WorkerKeyRotation({
        id: at.id,
        node,
        previousWorkerKey,
        workerKey,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
    rows.activity(ActivityKind.WORKER_KEY_ROTATED, at, { node, counterparty: workerKey });
  },
});
