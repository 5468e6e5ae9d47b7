import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { agree } from '../../rules/checks';

/** An announced commission is in force. */
export const commissionApplied = handler({
  contract: 'NodeStaking',
  event: events.CommissionApplied,
  activity: ActivityKind.COMMISSION_APPLIED,
  rows: ({ nodeId }, names, at) => ({
    node: names.nodes.ref(nodeKey(nodeId)),
    change: names.commissionChanges.new(at.id),
  }),
  apply({ commissionBps }, rows, at) {
    const node = rows.node.edit(at);
    agree(node, 'pendingCommissionBps', node.pendingCommissionBps, commissionBps);
    node.commissionBps = commissionBps;
    node.pendingCommissionBps = null;
    node.pendingCommissionAt = null;
    rows.change.create(at, { node, commissionBps, applied: true, effectiveAt: at.timestamp });
    return { node, account: node.operator };
  },
});
