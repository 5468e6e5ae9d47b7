import { events } from '../../../abi/RewardDistributor';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { delegationKey, nodeKey } from '../../ids';
import { agree } from '../../rules/checks';

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
    const node = rows.node.edit(at);
    node.claimedRewards += amount;
    const account = rows.account.editOrCreate(at);
    account.claimedRewards += amount;
    // The event's total is of this node in this role, so it is the delegation's, or the operator's part of the node's.
    if (rows.delegation) {
      const delegation = rows.delegation.edit(at);
      agree(delegation, 'claimedRewards', delegation.claimedRewards + amount, claimedTotal);
      // Whoever claims is settled first, with an event where that changes something.
      if (delegation.rewardPerSharePaid != null) {
        agree(delegation, 'pendingRewards', delegation.pendingRewards, amount);
      }
      delegation.claimedRewards = claimedTotal;
      delegation.pendingRewards = 0n;
      delegation.rewardPerSharePaid = node.rewardPerShare;
    } else {
      agree(node, 'operatorClaimedRewards', node.operatorClaimedRewards + amount, claimedTotal);
      agree(node, 'operatorRewards', node.operatorRewards, claimedTotal);
      node.operatorClaimedRewards = claimedTotal;
    }
    rows.claim.create(at, { node, account, recipient, asOperator, amount, claimedTotal });
    rows.network.edit(at).rewardsClaimed += amount;
    return { node, account, counterparty: recipient, amount };
  },
});
