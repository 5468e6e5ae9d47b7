import {
  operatorClaimable,
  rewardedNode,
  rewardPerWeightAt,
  type Settlement,
  settlementOf,
} from '../../../protocol/rewards/stream';
import type { NetworkState } from './network-state';

/** Columns of a node that its rewards are computed from, as the driver gives them. */
export interface RewardColumns {
  weight: string;
  rewardPerWeightPaid: string | null;
  rewardPerShare: string;
  selfStake: string;
  delegatedStake: string;
  totalShares: string;
  commissionBps: number;
  operatorRewards: string;
  operatorClaimedRewards: string;
}

/** SELECT list of them. @param node SQL name of the table gpu_node */
export const rewardColumns = (node: string): string => `
  ${node}.weight, ${node}.reward_per_weight_paid AS "rewardPerWeightPaid", ${node}.reward_per_share AS "rewardPerShare",
  ${node}.self_stake AS "selfStake", ${node}.delegated_stake AS "delegatedStake", ${node}.total_shares AS "totalShares",
  ${node}.commission_bps AS "commissionBps", ${node}.operator_rewards AS "operatorRewards",
  ${node}.operator_claimed_rewards AS "operatorClaimedRewards"`;

/** A node's rewards as if they were settled in the newest indexed block. */
export interface RewardsNow {
  settlement: Settlement;
  /** With the gain of that settlement */
  rewardPerShare: bigint;
  /** DPN wei that the operator can claim */
  operatorClaimable: bigint;
}

/** @returns null where it is not known: before the first block, or where an update of the index began in between */
export function rewardsNow(node: RewardColumns, { stream, nowSeconds }: NetworkState): RewardsNow | null {
  if (stream === null || nowSeconds === null || node.rewardPerWeightPaid === null) return null;
  const rewardPerShare = BigInt(node.rewardPerShare);
  const settlement = settlementOf(
    rewardedNode({ ...node, rewardPerWeightPaid: node.rewardPerWeightPaid }),
    rewardPerWeightAt(stream, nowSeconds),
  );
  return {
    settlement,
    rewardPerShare: rewardPerShare + settlement.rewardPerShareGain,
    operatorClaimable: operatorClaimable(
      {
        operatorRewards: BigInt(node.operatorRewards),
        operatorClaimedRewards: BigInt(node.operatorClaimedRewards),
      },
      settlement,
    ),
  };
}
