import { events } from '../../../abi/RewardDistributor';
import { delegatorClaimable } from '../../../protocol/rewards/stream';
import { handler } from '../../handler';
import { delegationKey, nodeKey } from '../../ids';
import { agree } from '../../rules/checks';

/** A delegator's rewards were settled: before its shares change, the first time before it has any, or at a claim. */
export const delegatorSettled = handler({
  contract: 'RewardDistributor',
  event: events.DelegatorSettled,
  // The change of stake or the claim that asked for it is in the feed.
  activity: null,
  rows: ({ nodeId, delegator }, names) => ({
    node: names.nodes.ref(nodeKey(nodeId)),
    account: names.accounts.ref(delegator),
    delegation: names.delegations.ref(delegationKey(nodeId, delegator)),
  }),
  apply({ pending, rewardPerShare }, rows, at) {
    const node = rows.node.edit(at);
    const delegation = rows.delegation.editOrCreate(at, { node, delegator: rows.account.findOrCreate(at) });
    const rewardPerSharePaid = delegation.rewardPerSharePaid ?? null;
    agree(node, 'rewardPerShare', node.rewardPerShare, rewardPerShare);
    if (rewardPerSharePaid !== null) {
      const due = delegatorClaimable({ ...delegation, rewardPerSharePaid }, rewardPerShare);
      agree(delegation, 'pendingRewards', due, pending);
    }
    delegation.pendingRewards = pending;
    delegation.rewardPerSharePaid = rewardPerShare;
  },
});
