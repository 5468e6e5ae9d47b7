import { events } from '../../../abi/NodeStaking';
import { ActivityKind, CommissionChange } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';

/** An announced commission is in force. */
export const commissionApplied = handler({
  contract: 'NodeStaking',
  event: events.CommissionApplied,
  load({ nodeId }, rows) {
    rows.nodes.want(nodeKey(nodeId));
  },
  apply({ nodeId, commissionBps }, at, rows) {
    const node = rows.nodes.edit(nodeKey(nodeId));
    node.commissionBps = commissionBps;
    node.pendingCommissionBps = null;
    node.pendingCommissionAt = null;
    rows.commissionChanges.add(
      new CommissionChange({
        id: at.id,
        node,
        commissionBps,
        applied: true,
        effectiveAt: at.timestamp,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
    rows.activity(ActivityKind.COMMISSION_APPLIED, at, { node });
  },
});
