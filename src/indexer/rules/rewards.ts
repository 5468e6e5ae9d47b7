import type { GpuNode, Network } from '../../model';
import { type RewardStream, rewardPerWeightAt, type Settlement, settlementOf } from '../../protocol/rewards/stream';
import { secondsOf } from './storable';

/** The part of the network that rewards stream by. */
type StreamingNetwork = Pick<
  Network,
  'rewardPerWeight' | 'rewardPerWeightAt' | 'emissionRate' | 'emissionEndsAt' | 'totalWeight'
>;

/** The part of a node that its rewards are settled from. */
type SettledNode = Pick<
  GpuNode,
  'weight' | 'rewardPerWeightPaid' | 'rewardPerShare' | 'selfStake' | 'delegatedStake' | 'totalShares' | 'commissionBps'
>;

function streamOf(network: StreamingNetwork): RewardStream {
  return {
    rewardPerWeight: network.rewardPerWeight,
    rewardPerWeightAt: network.rewardPerWeightAt ? secondsOf(network.rewardPerWeightAt) : null,
    ratePerSecond: network.emissionRate,
    endsAt: network.emissionEndsAt ? secondsOf(network.emissionEndsAt) : null,
    totalWeight: network.totalWeight,
  };
}

/**
 * RewardDistributor._checkpoint, which comes before its events say another rate, end or weight. Where an update of the
 * index began in between, the sum starts from zero here: only differences of it count.
 */
export function checkpoint(network: StreamingNetwork, at: Date): void {
  network.rewardPerWeight = rewardPerWeightAt(streamOf(network), secondsOf(at));
  network.rewardPerWeightAt = at;
}

/** The reward per weight at a time; null before the first checkpoint, when it has no origin. */
export function rewardPerWeightNow(network: StreamingNetwork, at: Date): bigint | null {
  return network.rewardPerWeightAt ? rewardPerWeightAt(streamOf(network), secondsOf(at)) : null;
}

/** What settling the node must divide; null where it is not known since when. */
export function settlementDue(node: SettledNode, rewardPerWeight: bigint | null): Settlement | null {
  const rewardPerWeightPaid = node.rewardPerWeightPaid ?? null;
  if (rewardPerWeight === null || rewardPerWeightPaid === null) return null;
  const commissionBps = BigInt(node.commissionBps);
  return settlementOf({ ...node, rewardPerWeightPaid, commissionBps }, rewardPerWeight);
}
