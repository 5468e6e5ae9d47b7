import { events } from '../../../abi/NodeStaking';
import { ActivityKind, Delegation } from '../../../model';
import { handler } from '../../handler';
import { delegationKey, nodeKey } from '../../ids';
import { setShares } from '../../rules/counters';

/** An account bought shares of a node's delegated stake. */
export const delegated = handler({
  contract: 'NodeStaking',
  event: events.Delegated,
  load({ nodeId, delegator }, rows) {
    rows.nodes.want(nodeKey(nodeId));
    rows.accounts.want(delegator);
    rows.delegations.want(delegationKey(nodeId, delegator));
  },
  apply(event, at, rows) {
    const node = rows.nodes.edit(nodeKey(event.nodeId));
    const account = rows.account(event.delegator, at);
    const network = rows.network(at);
    const id = delegationKey(event.nodeId, event.delegator);
    const delegation = rows.delegations.editOr(
      id,
      () =>
        new Delegation({
          id,
          node,
          delegator: account,
          shares: 0n,
          deposited: 0n,
          unbonded: 0n,
          claimedRewards: 0n,
          block: at.block,
          timestamp: at.timestamp,
        }),
    );
    delegation.deposited += event.amount;
    delegation.block = at.block;
    delegation.timestamp = at.timestamp;
    setShares({ delegation, node, account, network }, event.delegatorShares);

    node.delegatedStake = event.delegatedStake;
    node.totalShares = event.totalShares;
    network.totalStaked = event.totalStaked;
    rows.activity(ActivityKind.DELEGATED, at, { node, account, amount: event.amount });
  },
});
