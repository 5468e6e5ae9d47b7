import type { GpuNode } from '../../model';

/** Sets what changed of a node's stake, in DPN wei, and keeps the sum of its parts right. */
export function setStake(
  node: Pick<GpuNode, 'selfStake' | 'delegatedStake' | 'totalStake'>,
  changed: Partial<Pick<GpuNode, 'selfStake' | 'delegatedStake'>>,
): void {
  Object.assign(node, changed);
  node.totalStake = node.selfStake + node.delegatedStake;
}
