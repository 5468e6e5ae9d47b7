import { events } from '../../../abi/NodeStaking';
import { ActivityKind, CommissionChange } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { dateOf } from '../../rules/storable';

/** A commission was announced; it replaces an earlier announcement that was not applied. */
export const commissionScheduled = handler({
  contract: 'NodeStaking',
  event: events.CommissionScheduled,
  load({ nodeId }, rows) {
    rows.nodes.want(nodeKey(nodeId));
  },
  apply({ nodeId, commissionBps, effectiveAt }, at, rows) {
    const node = rows.nodes.edit(nodeKey(nodeId));
    node.pendingCommissionBps = commissionBps;
    node.pendingCommissionAt = dateOf(effectiveAt);
    rows.commissionChanges.add(
      new CommissionChange({
        id: at.id,
        node,
        commissionBps,
        applied: false,
        effectiveAt: node.pendingCommissionAt,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
    rows.activity(ActivityKind.COMMISSION_SCHEDULED, at, { node });
  },
});
