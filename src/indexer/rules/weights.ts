import type { GpuNode } from '../../model';

/** The part of a node that its weight in the emission is computed from. */
export type WeighedNode = Pick<GpuNode, 'certified' | 'retired' | 'selfStake' | 'delegatedStake' | 'scoreBps'>;

/**
 * What of a node counts in the emission, as RewardDistributor takes it: stake up to the cap, in DPN wei, and the score;
 * nothing of a node that is not certified, or retired.
 */
export function weighed(node: WeighedNode, stakeCap: bigint): { cappedStake: bigint; scoreBps: number } {
  if (!node.certified || node.retired) return { cappedStake: 0n, scoreBps: 0 };
  const stake = node.selfStake + node.delegatedStake;
  return { cappedStake: stake < stakeCap ? stake : stakeCap, scoreBps: node.scoreBps };
}
