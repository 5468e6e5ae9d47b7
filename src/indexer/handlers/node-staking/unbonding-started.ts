import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { delegationKey, lockKey, nodeKey } from '../../ids';
import { setShares } from '../../rules/counters';
import { dateOf } from '../../rules/storable';
import { stamp } from '../../store/table';

/** Self-stake or delegation shares are on their way out; from this block on they earn nothing. */
export const unbondingStarted = handler({
  contract: 'NodeStaking',
  event: events.UnbondingStarted,
  activity: ActivityKind.UNBONDING_STARTED,
  rows: ({ lockId, nodeId, owner, isSelfStake }, names) => ({
    lock: names.locks.new(lockKey(lockId)),
    node: names.nodes.ref(nodeKey(nodeId)),
    account: names.accounts.ref(owner),
    delegation: isSelfStake ? undefined : names.delegations.ref(delegationKey(nodeId, owner)),
    network: names.network,
  }),
  apply(event, rows, at) {
    const node = rows.node.edit();
    const account = rows.account.editOrCreate(at);
    const network = rows.network.edit(at);
    if (rows.delegation) {
      const delegation = stamp(rows.delegation.edit(), at);
      delegation.unbonded += event.amount;
      setShares({ delegation, node, account, network }, event.ownerShares);
    }
    rows.lock.create(at, {
      node,
      owner: account,
      isSelfStake: event.isSelfStake,
      shares: event.shares,
      amount: event.amount,
      withdrawableAt: dateOf(event.withdrawableAt),
    });
    account.unbonding += event.amount;
    node.selfStake = event.selfStake;
    node.delegatedStake = event.delegatedStake;
    node.totalShares = event.totalShares;
    network.totalStaked = event.totalStaked;
    network.totalUnbonding = event.totalUnbonding;
    return { node, account, amount: event.amount };
  },
});
