import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { lockKey, nodeKey } from '../../ids';
import { agree, less } from '../../rules/checks';

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
    const lock = rows.lock.edit(at);
    agree(lock, 'amount', lock.amount, amount);
    agree(lock, 'withdrawnAt', lock.withdrawnAt?.getTime(), null);
    lock.withdrawnAt = at.timestamp;
    const account = rows.account.editOrCreate(at);
    account.unbonding = less(account, 'unbonding', account.unbonding, amount);
    const network = rows.network.edit(at);
    agree(network, 'totalUnbonding', network.totalUnbonding - amount, totalUnbonding);
    network.totalUnbonding = totalUnbonding;
    return { node: rows.node.find(), account, amount };
  },
});
