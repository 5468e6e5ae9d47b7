import { Account, Network, OracleEpoch } from '../../model';
import { epochKey, NETWORK_ID } from '../ids';
import type { EventPlace } from '../source/types';

/** Rows that several events may be the first to need, as they are before any event. */

export function newNetwork(at: EventPlace): Network {
  return new Network({
    id: NETWORK_ID,
    totalSupply: 0n,
    holders: 0,
    transferCount: 0,
    transferVolume: 0n,
    totalStaked: 0n,
    totalUnbonding: 0n,
    certificationThreshold: null,
    nodeCount: 0,
    certifiedNodeCount: 0,
    retiredNodeCount: 0,
    delegationCount: 0,
    jobCount: 0,
    completedJobCount: 0,
    cancelledJobCount: 0,
    acceptedShardCount: 0,
    expiredShardCount: 0,
    escrowed: 0n,
    jobPayments: 0n,
    jobFees: 0n,
    jobFeeBps: null,
    treasury: null,
    emissionRate: 0n,
    emissionEndsAt: null,
    emissionFunded: 0n,
    emissionUndistributed: 0n,
    stakeCap: null,
    totalWeight: 0n,
    rewardsAccrued: 0n,
    rewardsClaimed: 0n,
    reporterCount: 0,
    roundCount: 0,
    batchCount: 0,
    lastProvenEpoch: null,
    lastProvenAt: null,
    block: at.block,
    timestamp: at.timestamp,
  });
}

export function newAccount(address: string, at: EventPlace): Account {
  return new Account({
    id: address,
    balance: 0n,
    transferCount: 0,
    votesDelegate: null,
    votes: 0n,
    delegationCount: 0,
    unbonding: 0n,
    claimedRewards: 0n,
    jobCount: 0,
    block: at.block,
    timestamp: at.timestamp,
  });
}

export function newEpoch(epoch: bigint, at: EventPlace): OracleEpoch {
  return new OracleEpoch({
    id: epochKey(epoch),
    number: Number(epoch),
    observedAt: null,
    batchCount: 0,
    evidenceCount: 0,
    changedNodeCount: 0,
    block: at.block,
    timestamp: at.timestamp,
  });
}
