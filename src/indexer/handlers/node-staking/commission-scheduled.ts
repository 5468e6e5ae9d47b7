import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { dateOf } from '../../rules/storable';

/** A commission was announced; it replaces an earlier announcement that was not applied. */
export const commissionScheduled = handler({
  contract: 'NodeStaking',
  event: events.CommissionScheduled,
  activity: ActivityKind.COMMISSION_SCHEDULED,
  rows: ({ nodeId }, names, at) => ({
    node: names.nodes.ref(nodeKey(nodeId)),
    change: names.commissionChanges.new(at.id),
  }),
  apply({ commissionBps, ...event }, rows, at) {
    const effectiveAt = dateOf(event.effectiveAt);
    const node = rows.node.edit(at);
    node.pendingCommissionBps = commissionBps;
    node.pendingCommissionAt = effectiveAt;
    rows.change.create(at, { node, commissionBps, applied: false, effectiveAt });
    return { node, account: node.operator };
  },
});
