import { events } from '../../../abi/RewardDistributor';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { delegationKey, nodeKey } from '../../ids';

/** Rewards were paid: the node's own to its recipient, or a delegator's. */
export const rewardClaimed = handler({
  contract: 'RewardDistributor',
  event: events.RewardClaimed,
  activity: ActivityKind.REWARD_CLAIMED,
  rows: ({ nodeId, account, asOperator }, names, at) => ({
    claim: names.claims.new(at.id),
    node: names.nodes.ref(nodeKey(nodeId)),
    account: names.accounts.ref(account),
    delegation: asOperator ? undefined : names.delegations.ref(delegationKey(nodeId, account)),
    network: names.network,
  }),
  apply({ recipient, asOperator, amount, claimedTotal }, rows, at) {
    const node = rows.node.edit();
    node.claimedRewards += amount;
    const account = rows.account.editOrCreate(at);
    account.claimedRewards += amount;
    // The event's total is of this node and delegator alone, so it is the delegation's.
    if (rows.delegation) rows.delegation.edit().claimedRewards = claimedTotal;
    rows.claim.create(at, { node, account, recipient, asOperator, amount });
    rows.network.edit(at).rewardsClaimed += amount;
    return { node, account, counterparty: recipient, amount };
  },
});
