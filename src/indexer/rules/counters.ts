import { ScoreStatus } from '../../model';

/** What a balance going from `before` to `after` does to the number of holders: -1, 0 or 1. */
export function holderChange(before: bigint, after: bigint): number {
  return Number(after > 0n) - Number(before > 0n);
}

/** Sets an account's balance and keeps the network's count of holders right. */
export function setBalance(account: { balance: bigint }, network: { holders: number }, balance: bigint): void {
  network.holders += holderChange(account.balance, balance);
  account.balance = balance;
}

/** The rows that count delegations, each only with what is counted. */
export interface DelegationRows {
  delegation: { shares: bigint };
  node: { delegatorCount: number };
  account: { delegationCount: number };
  network: { delegationCount: number };
}

/** Sets a delegator's shares in a node and keeps the three counts of live delegations right. */
export function setShares({ delegation, node, account, network }: DelegationRows, shares: bigint): void {
  const change = holderChange(delegation.shares, shares);
  delegation.shares = shares;
  node.delegatorCount += change;
  account.delegationCount += change;
  network.delegationCount += change;
}

/** Sets a node's certification and keeps the network's count of certified nodes right. */
export function setCertified(
  node: { certified: boolean },
  network: { certifiedNodeCount: number },
  certified: boolean,
): void {
  network.certifiedNodeCount += Number(certified) - Number(node.certified);
  node.certified = certified;
}

/** The network's counts of nodes by the standing of their score, and the sum of their scores. */
export interface ScoreCounts {
  unratedNodeCount: number;
  provisionalNodeCount: number;
  establishedNodeCount: number;
  failingNodeCount: number;
  scoreSumBps: bigint;
}

const COUNT_OF = {
  [ScoreStatus.UNRATED]: 'unratedNodeCount',
  [ScoreStatus.PROVISIONAL]: 'provisionalNodeCount',
  [ScoreStatus.ESTABLISHED]: 'establishedNodeCount',
  [ScoreStatus.FAILING]: 'failingNodeCount',
} as const satisfies Record<ScoreStatus, keyof ScoreCounts>;

/**
 * Counts a node in (1) or out (-1) with the score it has; a retired one counts nowhere. Whoever changes score or
 * retirement counts it out before and in after.
 */
export function countScore(
  network: ScoreCounts,
  { retired, scoreStatus, scoreBps }: { retired: boolean; scoreStatus: ScoreStatus; scoreBps: number },
  by: 1 | -1,
): void {
  if (retired) return;
  network[COUNT_OF[scoreStatus]] += by;
  network.scoreSumBps += BigInt(by * scoreBps);
}
