import { events } from '../../../abi/RewardDistributor';
import { ActivityKind, RewardAccrual } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';

/** A node's reward stream was settled and divided between operator and delegators. */
export const rewardAccrued = handler({
  contract: 'RewardDistributor',
  event: events.RewardAccrued,
  load({ nodeId }, rows) {
    rows.nodes.want(nodeKey(nodeId));
  },
  apply({ nodeId, amount, operatorAmount, commission, delegatorsAmount, accruedTotal }, at, rows) {
    const node = rows.nodes.edit(nodeKey(nodeId));
    node.accruedRewards = accruedTotal;
    node.operatorRewards += operatorAmount;
    node.commissionRewards += commission;
    rows.accruals.add(
      new RewardAccrual({
        id: at.id,
        node,
        amount,
        operatorAmount,
        commission,
        delegatorsAmount,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
    rows.network(at).rewardsAccrued += amount;
    rows.activity(ActivityKind.REWARD_ACCRUED, at, { node, amount });
  },
});
