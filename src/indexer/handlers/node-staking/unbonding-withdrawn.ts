import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { lockKey, nodeKey } from '../../ids';

/** An unbonding lock was paid out. */
export const unbondingWithdrawn = handler({
  contract: 'NodeStaking',
  event: events.UnbondingWithdrawn,
  activity: ActivityKind.UNBONDING_WITHDRAWN,
  rows: ({ lockId, nodeId, owner }, names) => ({
    lock: names.locks.ref(lockKey(lockId)),
    node: names.nodes.ref(nodeKey(nodeId)),
    account: names.accounts.ref(owner),
    network: names.network,
  }),
  apply({ amount, totalUnbonding }, rows, at) {
    rows.lock.edit().withdrawnAt = at.timestamp;
    const account = rows.account.editOrCreate(at);
    account.unbonding -= amount;
    rows.network.edit(at).totalUnbonding = totalUnbonding;
    return { node: rows.node.find(), account, amount };
  },
});
