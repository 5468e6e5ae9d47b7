import {
  accountOf,
  addressOf,
  EVENTS_A_TRANSACTION,
  epochKey,
  jobKey,
  nodeKey,
  nodeOf,
  recentEvent,
  spread,
  transactionHash,
} from '../population';
import type { DocumentedQuery } from './documented';

/** What an explorer can ask of the rows as they are. */
export const rowQueries: readonly DocumentedQuery[] = [
  {
    name: 'rows: status and network',
    document: `{
      squidStatus { height hash finalizedHeight }
      network {
        totalSupply holders totalStaked nodeCount certifiedNodeCount establishedNodeCount failingNodeCount jobCount
        openShardCount escrowed emissionRate totalWeight rewardsAccrued lastProvenEpoch block timestamp
      }
    }`,
  },
  {
    name: 'rows: feed',
    document: `query ($before: String!) {
      activities(where: { id_lt: $before }, orderBy: id_DESC, limit: 50) {
        id kind amount txHash block timestamp counterparty node { id nodeId region } account { id }
      }
    }`,
    variables: (i, population) => ({ before: recentEvent(i, population) }),
  },
  {
    name: 'rows: account page',
    document: `query ($id: String!) {
      accountById(id: $id) {
        id balance votes delegationCount unbonding claimedRewards
        nodes(limit: 10) { id scoreBps selfStake }
        delegations(limit: 20, orderBy: id_DESC) { shares deposited pendingRewards node { id scoreBps totalShares } }
        unbondingLocks(limit: 10, orderBy: id_DESC) { amount withdrawableAt withdrawnAt node { id } }
        activities(limit: 20, orderBy: id_DESC) { id kind amount timestamp node { id } }
      }
    }`,
    variables: (i, population) => ({ id: addressOf(accountOf(i, population)) }),
  },
  {
    name: 'rows: node page',
    document: `query ($id: String!) {
      gpuNodeById(id: $id) {
        id nodeId operator { id } region devices hardwareClass certified selfStake delegatedStake totalStake
        commissionBps scoreBps scoreStatus scoreEpoch weight accruedRewards
        scoreChanges(limit: 20, orderBy: id_DESC) { epoch outcome scoreBps status }
        delegations(limit: 20, orderBy: shares_DESC) { shares delegator { id } }
        activities(limit: 20, orderBy: id_DESC) { id kind amount timestamp }
      }
    }`,
    variables: (i, population) => ({ id: nodeKey(nodeOf(i, population)) }),
  },
  {
    name: 'rows: nodes by score',
    document: `query ($score: Int!) {
      gpuNodes(where: { scoreBps_lte: $score, retired_eq: false }, orderBy: scoreBps_DESC, limit: 50) {
        id nodeId region devices hardwareClass certified selfStake delegatedStake totalStake commissionBps
        scoreBps scoreStatus scoreUpdatedAt weight operator { id }
      }
    }`,
    variables: (i) => ({ score: spread(i, 10_001) }),
  },
  {
    name: 'rows: nodes by stake',
    document: `query ($most: BigInt!) {
      gpuNodes(where: { totalStake_lte: $most }, orderBy: totalStake_DESC, limit: 50) {
        id region totalStake scoreBps scoreStatus commissionBps delegatorCount operator { id }
      }
    }`,
    variables: (i) => ({ most: `${100_000 + spread(i, 50_000)}000000000000000000` }),
  },
  {
    name: 'rows: score history of a node',
    document: `query ($node: String!, $before: String!) {
      scoreChanges(where: { node: { id_eq: $node }, id_lt: $before }, orderBy: id_DESC, limit: 50) {
        epoch outcome previousScoreBps scoreBps previousStatus status passCount failCount observedAt
      }
    }`,
    variables(i, population) {
      const node = nodeKey(nodeOf(i, population));
      return { node, before: `${node}-${epochKey(population.epochs - spread(i, 20))}` };
    },
  },
  {
    name: 'rows: challenges of a node',
    document: `query ($node: Int!, $before: Int!) {
      challenges(nodeId: $node, beforeRound: $before, limit: 20) {
        round task verdict verdictGroup meaning reason elapsedMs deadlineMs perfBps verdictAt
      }
    }`,
    variables: (i, population) => ({
      node: nodeOf(i, population),
      before: population.epochs - spread(i, population.epochs / 10),
    }),
  },
  {
    name: 'rows: transaction',
    document: `query ($hash: String!) {
      activities(where: { txHash_eq: $hash }, orderBy: id_ASC) {
        id kind amount block timestamp counterparty node { id } account { id } job { id }
      }
    }`,
    variables: (i, { rows }) => ({ hash: transactionHash(spread(i, rows / EVENTS_A_TRANSACTION)) }),
  },
  {
    name: 'rows: holders',
    document: `query ($most: BigInt!) {
      accounts(where: { balance_lte: $most }, orderBy: balance_DESC, limit: 50) { id balance votes delegationCount }
    }`,
    variables: (i) => ({ most: `${500_000 + spread(i, 500_000)}000000000000000000` }),
  },
  {
    name: 'rows: open jobs',
    document: `query ($before: String!) {
      jobs(where: { status_eq: OPEN, id_lt: $before }, orderBy: id_DESC, limit: 50) {
        id hardwareClass shardCount openShardCount pricePerShard minScoreBps deadline client { id }
      }
    }`,
    variables: (i, { jobs }) => ({ before: jobKey(jobs - spread(i, jobs / 10)) }),
  },
  {
    name: 'rows: job page',
    document: `query ($id: String!) {
      jobById(id: $id) {
        id status shardCount openShardCount acceptedShardCount paid fees refunded deadline client { id }
        shards(limit: 50, orderBy: id_ASC) { shard state claimedAt submittedAt settledAt payment node { id scoreBps } }
      }
    }`,
    variables: (i, { jobs }) => ({ id: jobKey(spread(i, jobs)) }),
  },
  {
    name: 'rows: network by epoch',
    document: `query ($before: String!) {
      networkEpochs(where: { id_lt: $before }, orderBy: id_DESC, limit: 100) {
        number startsAt totalStaked holders establishedNodeCount failingNodeCount scoreSumBps jobCount jobFees
        rewardsAccrued
      }
    }`,
    variables: (i, { epochs }) => ({ before: epochKey(epochs - spread(i, epochs / 2)) }),
  },
];
