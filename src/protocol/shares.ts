/** What stands behind all delegation shares of a node. */
export interface SharePool {
  /** DPN wei */
  delegatedStake: bigint;
  totalShares: bigint;
}

/**
 * NodeStaking: DPN wei that unbonding so many shares pays. One virtual share over one virtual wei keeps the first
 * delegator from setting the price.
 */
export function shareValue(shares: bigint, { delegatedStake, totalShares }: SharePool): bigint {
  return (shares * (delegatedStake + 1n)) / (totalShares + 1n);
}
