/**
 * Mean score of nodes that have one, basis points, rounded down; null when none has. Nodes without a score are left
 * out: their zero was not measured.
 */
export function meanScoreBps(scoreSumBps: bigint, ratedNodes: bigint): bigint | null {
  return ratedNodes === 0n ? null : scoreSumBps / ratedNodes;
}
