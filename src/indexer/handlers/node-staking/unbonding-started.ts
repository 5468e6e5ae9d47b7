import { events } from '../../../abi/NodeStaking';
import { ActivityKind, StakeChangeKind } from '../../../model';
import { handler } from '../../handler';
import { delegationKey, lockKey, nodeKey } from '../../ids';
import { agree } from '../../rules/checks';
import { setShares } from '../../rules/counters';
import { setStake } from '../../rules/stakes';
import { dateOf } from '../../rules/storable';
import { stamp } from '../../store/table';

/** Self-stake or delegation shares are on their way out; from this block on they earn nothing. */
export const unbondingStarted = handler({
  contract: 'NodeStaking',
  event: events.UnbondingStarted,
  activity: ActivityKind.UNBONDING_STARTED,
  rows: ({ lockId, nodeId, owner, isSelfStake }, names, at) => ({
    change: names.stakeChanges.new(at.id),
    lock: names.locks.new(lockKey(lockId)),
    node: names.nodes.ref(nodeKey(nodeId)),
    account: names.accounts.ref(owner),
    delegation: isSelfStake ? undefined : names.delegations.ref(delegationKey(nodeId, owner)),
    network: names.network,
  }),
  apply(event, rows, at) {
    const node = rows.node.edit(at);
    const account = rows.account.editOrCreate(at);
    const network = rows.network.edit(at);
    const { amount, shares, isSelfStake } = event;
    agree(network, 'unbondingLockCount', BigInt(network.unbondingLockCount), event.lockId);
    agree(node, 'selfStake', node.selfStake - (isSelfStake ? amount : 0n), event.selfStake);
    agree(node, 'delegatedStake', node.delegatedStake - (isSelfStake ? 0n : amount), event.delegatedStake);
    agree(node, 'totalShares', node.totalShares - shares, event.totalShares);
    agree(network, 'totalStaked', network.totalStaked - amount, event.totalStaked);
    agree(network, 'totalUnbonding', network.totalUnbonding + amount, event.totalUnbonding);
    if (rows.delegation) {
      const delegation = stamp(rows.delegation.edit(at), at);
      agree(delegation, 'shares', delegation.shares - shares, event.ownerShares);
      delegation.unbonded += amount;
      setShares({ delegation, node, account, network }, event.ownerShares);
    }
    const lock = rows.lock.create(at, {
      node,
      owner: account,
      isSelfStake,
      shares,
      amount,
      withdrawableAt: dateOf(event.withdrawableAt),
    });
    account.unbonding += amount;
    setStake(node, { selfStake: event.selfStake, delegatedStake: event.delegatedStake });
    node.totalShares = event.totalShares;
    network.totalStaked = event.totalStaked;
    network.totalUnbonding = event.totalUnbonding;
    network.unbondingLockCount += 1;
    const kind = isSelfStake ? StakeChangeKind.SELF_UNBONDED : StakeChangeKind.UNDELEGATED;
    rows.change.create(at, { kind, node, account, amount, shares, accountShares: event.ownerShares, lock });
    return { node, account, amount };
  },
});
