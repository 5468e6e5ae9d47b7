import { events } from '../../../abi/RewardDistributor';
import { ActivityKind } from '../../../model';
import { REWARD_SCALE } from '../../../protocol/rewards/stream';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { agree } from '../../rules/checks';
import { rewardPerWeightNow, settlementDue } from '../../rules/rewards';

/** A node's reward stream was settled and divided between operator and delegators; amounts are zero without stake. */
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
    const network = rows.network.edit(at);
    const rewardPerWeight = rewardPerWeightNow(network, at.timestamp);
    const due = settlementDue(node, rewardPerWeight);
    if (due !== null) {
      agree(node, 'rewards of the operator', due.operatorAmount, operatorAmount);
      agree(node, 'commission', due.commission, commission);
      agree(node, 'rewards of delegators', due.delegatorsAmount, delegatorsAmount);
    }
    agree(node, 'rewards of both', operatorAmount + delegatorsAmount, amount);
    agree(node, 'accruedRewards', node.accruedRewards + amount, accruedTotal);
    node.rewardPerWeightPaid = rewardPerWeight;
    node.rewardPerShare += perUnit(delegatorsAmount, node.totalShares);
    node.operatorRewardPerStake += perUnit(operatorAmount, node.selfStake);
    node.settledAt = at.timestamp;
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
    network.rewardsAccrued += amount;
    return { node, amount };
  },
});

/** Rewards of one share or one wei of stake, times 10^18, rounded down; none where nobody holds any. */
function perUnit(rewards: bigint, units: bigint): bigint {
  return units === 0n ? 0n : (rewards * REWARD_SCALE) / units;
}
