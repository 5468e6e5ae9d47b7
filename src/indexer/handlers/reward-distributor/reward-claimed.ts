import { events } from '../../../abi/RewardDistributor';
import { ActivityKind, RewardClaim } from '../../../model';
import { handler } from '../../handler';
import { delegationKey, nodeKey } from '../../ids';

/** Rewards were paid: the node's own to its recipient, or a delegator's. */
export const rewardClaimed = handler({
  contract: 'RewardDistributor',
  event: events.RewardClaimed,
  load({ nodeId, account, asOperator }, rows) {
    rows.nodes.want(nodeKey(nodeId));
    rows.accounts.want(account);
    if (!asOperator) rows.delegations.want(delegationKey(nodeId, account));
  },
  apply(event, at, rows) {
    const { nodeId, recipient, asOperator, amount } = event;
    const node = rows.nodes.edit(nodeKey(nodeId));
    node.claimedRewards += amount;
    const account = rows.account(event.account, at);
    account.claimedRewards += amount;
    if (!asOperator) {
      // The event's total is of this node and delegator alone, so it is the delegation's.
      rows.delegations.edit(delegationKey(nodeId, event.account)).claimedRewards = event.claimedTotal;
    }
    rows.claims.add(
      new RewardClaim({
        id: at.id,
        node,
        account,
        recipient,
        asOperator,
        amount,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
    rows.network(at).rewardsClaimed += amount;
    rows.activity(ActivityKind.REWARD_CLAIMED, at, { node, account, counterparty: recipient, amount });
  },
});
