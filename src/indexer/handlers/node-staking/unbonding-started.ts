import { events } from '../../../abi/NodeStaking';
import { ActivityKind, UnbondingLock } from '../../../model';
import { handler } from '../../handler';
import { delegationKey, lockKey, nodeKey } from '../../ids';
import { setShares } from '../../rules/counters';
import { dateOf } from '../../rules/storable';

/** Self-stake or delegation shares are on their way out; from this block on they earn nothing. */
export const unbondingStarted = handler({
  contract: 'NodeStaking',
  event: events.UnbondingStarted,
  load({ nodeId, owner, isSelfStake }, rows) {
    rows.nodes.want(nodeKey(nodeId));
    rows.accounts.want(owner);
    if (!isSelfStake) rows.delegations.want(delegationKey(nodeId, owner));
  },
  apply(event, at, rows) {
    const node = rows.nodes.edit(nodeKey(event.nodeId));
    const account = rows.account(event.owner, at);
    const network = rows.network(at);
    if (!event.isSelfStake) {
      const delegation = rows.delegations.edit(delegationKey(event.nodeId, event.owner));
      delegation.unbonded += event.amount;
      delegation.block = at.block;
      delegation.timestamp = at.timestamp;
      setShares({ delegation, node, account, network }, event.ownerShares);
    }
    rows.locks.add(
      new UnbondingLock({
        id: lockKey(event.lockId),
        node,
        owner: account,
        isSelfStake: event.isSelfStake,
        shares: event.shares,
        amount: event.amount,
        withdrawableAt: dateOf(event.withdrawableAt),
        withdrawnAt: null,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
    account.unbonding += event.amount;
    node.selfStake = event.selfStake;
    node.delegatedStake = event.delegatedStake;
    node.totalShares = event.totalShares;
    network.totalStaked = event.totalStaked;
    network.totalUnbonding = event.totalUnbonding;
    rows.activity(ActivityKind.UNBONDING_STARTED, at, { node, account, amount: event.amount });
  },
});
