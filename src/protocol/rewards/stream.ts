/**
 * What RewardDistributor.sol computes between two settlements, from the values that its events tell. All amounts are
 * DPN wei; the accumulators are times 10^18; every division rounds down, where and as the contract does.
 */

/** RewardDistributor.SCALE: the scale of both accumulators. */
export const REWARD_SCALE = 10n ** 18n;
const BPS = 10_000n;

/** The stream of rewards over all nodes as of its last checkpoint; times in seconds since 1970. */
export interface RewardStream {
  /** DPN wei streamed to one unit of weight until the checkpoint, times 10^18 */
  rewardPerWeight: bigint;
  /** Time of the checkpoint; null before the first, when nothing can have streamed */
  rewardPerWeightAt: bigint | null;
  /** DPN wei per second, of all nodes together */
  ratePerSecond: bigint;
  /** End of the stream; null before the first funding */
  endsAt: bigint | null;
  totalWeight: bigint;
}

/** A node as of its last settlement (rewardPerWeightPaid, rewardPerShare), with its stake as it is now. */
export interface RewardedNode {
  weight: bigint;
  rewardPerWeightPaid: bigint;
  rewardPerShare: bigint;
  selfStake: bigint;
  delegatedStake: bigint;
  totalShares: bigint;
  commissionBps: bigint;
}

/**
 * How one settlement divides: amount = operatorAmount + delegatorsAmount. Where nobody holds stake both are zero and
 * the amount goes back to the stream.
 */
export interface Settlement {
  amount: bigint;
  /** The operator's part, commission included */
  operatorAmount: bigint;
  commission: bigint;
  delegatorsAmount: bigint;
  /** What the settlement adds to the node's rewardPerShare */
  rewardPerShareGain: bigint;
}

/** RewardDistributor._rewardPerWeightNow: the accumulator at a time that is not before the checkpoint. */
export function rewardPerWeightAt(stream: RewardStream, atSeconds: bigint): bigint {
  const { rewardPerWeight, rewardPerWeightAt: from, ratePerSecond, endsAt, totalWeight } = stream;
  if (from === null || endsAt === null || totalWeight === 0n) return rewardPerWeight;
  const until = atSeconds < endsAt ? atSeconds : endsAt;
  if (until <= from) return rewardPerWeight;
  return rewardPerWeight + (ratePerSecond * (until - from) * REWARD_SCALE) / totalWeight;
}

/** A node by its columns, whatever they came as. @throws SyntaxError for one that is no whole number */
export function rewardedNode(columns: Readonly<Record<keyof RewardedNode, bigint | number | string>>): RewardedNode {
  const { weight, rewardPerWeightPaid, rewardPerShare, selfStake, delegatedStake, totalShares, commissionBps } =
    columns;
  return {
    weight: BigInt(weight),
    rewardPerWeightPaid: BigInt(rewardPerWeightPaid),
    rewardPerShare: BigInt(rewardPerShare),
    selfStake: BigInt(selfStake),
    delegatedStake: BigInt(delegatedStake),
    totalShares: BigInt(totalShares),
    commissionBps: BigInt(commissionBps),
  };
}

/** RewardDistributor._split: what settling the node would divide, with rewardPerWeight as of then. */
export function settlementOf(node: RewardedNode, rewardPerWeight: bigint): Settlement {
  const amount = (node.weight * (rewardPerWeight - node.rewardPerWeightPaid)) / REWARD_SCALE;
  const delegated = node.totalShares === 0n ? 0n : node.delegatedStake;
  const stake = node.selfStake + delegated;
  if (amount === 0n || stake === 0n) {
    return { amount, operatorAmount: 0n, commission: 0n, delegatorsAmount: 0n, rewardPerShareGain: 0n };
  }
  const gross = (amount * delegated) / stake;
  const commission = (gross * node.commissionBps) / BPS;
  const delegatorsAmount = gross - commission;
  return {
    amount,
    operatorAmount: amount - delegatorsAmount,
    commission,
    delegatorsAmount,
    rewardPerShareGain: delegatorsAmount === 0n ? 0n : (delegatorsAmount * REWARD_SCALE) / node.totalShares,
  };
}

/**
 * RewardDistributor.pendingOf: DPN wei that a delegator can claim.
 * @param rewardPerShare the node's, with the gain of a settlement now (settlementOf)
 */
export function delegatorClaimable(
  delegator: { pendingRewards: bigint; rewardPerSharePaid: bigint; shares: bigint },
  rewardPerShare: bigint,
): bigint {
  const { pendingRewards, rewardPerSharePaid, shares } = delegator;
  return pendingRewards + (shares * (rewardPerShare - rewardPerSharePaid)) / REWARD_SCALE;
}

/** RewardDistributor.pendingOperator: DPN wei that the operator can claim, with what a settlement now would add. */
export function operatorClaimable(
  node: { operatorRewards: bigint; operatorClaimedRewards: bigint },
  settlement: Settlement,
): bigint {
  return node.operatorRewards - node.operatorClaimedRewards + settlement.operatorAmount;
}
