import { events } from '../../../abi/RewardDistributor';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { agree } from '../../rules/checks';

/** A node's reward stream was settled and divided between operator and delegators. */
export const rewardAccrued = handler({
  contract: 'RewardDistributor',
  event: events.RewardAccrued,
  activity: ActivityKind.REWARD_ACCRUED,
  rows: ({ nodeId }, names, at) => ({
    node: names.nodes.ref(nodeKey(nodeId)),
    accrual: names.accruals.new(at.id),
    network: names.network,
  }),
  apply({ amount, operatorAmount, commission, delegatorsAmount, accruedTotal }, rows, at) {
    const node = rows.node.edit(at);
    agree(node, 'accruedRewards', node.accruedRewards + amount, accruedTotal);
    node.accruedRewards = accruedTotal;
    node.operatorRewards += operatorAmount;
    node.commissionRewards += commission;
    rows.accrual.create(at, {
      node,
      amount,
      operatorAmount,
      commission,
      delegatorsAmount,
      rewardPerShare: node.rewardPerShare,
      operatorRewardPerStake: node.operatorRewardPerStake,
    });
    rows.network.edit(at).rewardsAccrued += amount;
    return { node, amount };
  },
});
