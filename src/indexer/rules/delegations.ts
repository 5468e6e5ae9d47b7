import { holderChange } from './values';

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
