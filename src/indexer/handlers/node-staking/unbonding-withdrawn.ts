import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { lockKey, nodeKey } from '../../ids';

/** An unbonding lock was paid out. */
export const unbondingWithdrawn = handler({
  contract: 'NodeStaking',
  event: events.UnbondingWithdrawn,
  load({ lockId, nodeId, owner }, rows) {
    rows.locks.want(lockKey(lockId));
    rows.nodes.want(nodeKey(nodeId));
    rows.accounts.want(owner);
  },
  apply({ lockId, nodeId, owner, amount, totalUnbonding }, at, rows) {
    rows.locks.edit(lockKey(lockId)).withdrawnAt = at.timestamp;
    const account = rows.account(owner, at);
    account.unbonding -= amount;
    rows.network(at).totalUnbonding = totalUnbonding;
    rows.activity(ActivityKind.UNBONDING_WITHDRAWN, at, { node: rows.nodes.find(nodeKey(nodeId)), account, amount });
  },
});
