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
  weiOf,
} from '../population';
import type { DocumentedQuery } from './documented';

const SEARCHES = ['node', 'job', 'epoch'] as const;

/** Where a list goes on, as its pages name it. */
const cursor = (...place: string[]) => Buffer.from(JSON.stringify(place)).toString('base64url');

/** What an explorer asks with the queries made for it. */
export const explorerQueries: readonly DocumentedQuery[] = [
  {
    name: 'network/status',
    document: `{
      overview {
        epoch { number startsAt endsAt }
        levels {
          totalSupply holders totalStaked nodeCount certifiedNodeCount provisionalNodeCount establishedNodeCount
          failingNodeCount meanScoreBps openShardCount escrowed totalWeight
        }
        rewards { emissionRate emissionEndsAt rewardsAccrued rewardsClaimed }
        last24h { fromAt flows { transfers transferVolume jobs shardsAccepted jobFees rewardsAccrued } }
        freshness { indexedBlock indexedTime chainBlock lagBlocks lagSeconds newestProvenEpoch newestScoreObservedAt }
      }
    }`,
  },
  {
    name: 'feed',
    document: `query ($after: String!) {
      feed(after: $after, limit: 50) {
        rows { id kind nodeId account counterparty jobId amount txHash block timestamp }
        endCursor hasMore freshness { indexedBlock lagBlocks }
      }
    }`,
    variables: (i, population) => ({ after: cursor(recentEvent(i, population)) }),
  },
  {
    name: 'account page',
    document: `query ($address: String!) {
      account(address: $address) {
        balance votes delegationCount unbonding claimedRewards claimableAsDelegator firstSeenAt
        nodes { nodeId scoreBps status totalStake claimable }
        locks { amount nodeId withdrawableAt withdrawnAt }
        freshness { indexedBlock lagBlocks }
      }
      delegationsOf(account: $address, limit: 20) { rows { nodeId shares value claimable claimed } hasMore }
      feed(account: $address, limit: 20) { rows { kind direction nodeId counterparty amount txHash timestamp } hasMore }
    }`,
    variables: (i, population) => ({ address: addressOf(accountOf(i, population)) }),
  },
  {
    name: 'feed of an account',
    document: `query ($address: String!) {
      feed(account: $address, limit: 50) {
        rows { id kind direction nodeId counterparty amount txHash timestamp }
        endCursor hasMore totalIsAtLeast
      }
    }`,
    variables: (i, population) => ({ address: addressOf(accountOf(i, population)) }),
  },
  {
    name: 'node page',
    document: `query ($nodeId: Int!) {
      node(nodeId: $nodeId) {
        summary {
          operator region devices className certified scoreBps status scoreObservedAt selfStake delegatedStake stakeLeft
          commissionBps delegatorCount operatorClaimable
          uptime24h { uptimeBps passed failed notMeasured } uptime30d { uptimeBps passed failed notMeasured }
          delegatorApr { aprBps } operatorApr { aprBps }
        }
        coverage { window held measured neutral } rates { task device perMs } shards { jobId shard state deadline }
      }
      nodeScoreHistory(nodeId: $nodeId, limit: 10) { rows { epoch outcome scoreBps status reason } }
    }`,
    variables: (i, population) => ({ nodeId: nodeOf(i, population) }),
  },
  {
    name: 'nodes by score',
    document: `query ($after: String!) {
      nodes(sort: SCORE, filter: { retired: false }, after: $after, limit: 25) {
        rows {
          nodeId operator region className certified scoreBps status totalStake commissionBps delegatorCount
          uptime7d { uptimeBps notMeasured } delegatorApr { aprBps }
        }
        endCursor hasMore
      }
    }`,
    variables: (i, { nodes }) => ({ after: cursor(String(spread(i, 10_001)), nodeKey(i % nodes)) }),
  },
  {
    name: 'nodes by stake, with their number',
    document: `query ($after: String!) {
      nodes(sort: STAKE, filter: { certified: true }, after: $after, limit: 25) {
        rows { nodeId scoreBps status totalStake commissionBps uptime24h { uptimeBps } }
        endCursor total totalIsAtLeast
      }
    }`,
    variables: (i) => ({ after: cursor(weiOf(100_000 + spread(i, 50_000)), nodeKey(0)) }),
  },
  {
    name: 'score history of a node',
    document: `query ($nodeId: Int!, $after: String!) {
      nodeScoreHistory(nodeId: $nodeId, after: $after, limit: 50) {
        rows { epoch outcome previousScoreBps scoreBps status reason observedAt }
        endCursor hasMore
      }
    }`,
    variables(i, population) {
      const nodeId = nodeOf(i, population);
      return { nodeId, after: cursor(`${nodeKey(nodeId)}-${epochKey(population.epochs - spread(i, 20))}`) };
    },
  },
  {
    name: 'delegators of a node',
    document: `query ($nodeId: Int!) {
      delegatorsOf(nodeId: $nodeId, limit: 50) {
        rows { delegator shares value claimable deposited } endCursor hasMore totalIsAtLeast
      }
    }`,
    variables: (i, population) => ({ nodeId: nodeOf(i, population) }),
  },
  {
    name: 'transaction by hash',
    document: `query ($hash: String!) {
      transaction(hash: $hash) {
        hash block timestamp activities { id kind nodeId account counterparty jobId amount }
        rounds { round } batches { epoch batch } governance { kind }
      }
    }`,
    variables: (i, { rows }) => ({ hash: transactionHash(spread(i, rows / EVENTS_A_TRANSACTION)) }),
  },
  {
    name: 'holders',
    document: `query ($after: String!) {
      holders(after: $after, limit: 50) {
        rows { address balance votes delegationCount transferCount } endCursor hasMore totalIsAtLeast
      }
    }`,
    variables: (i) => ({ after: cursor(weiOf(500_000 + spread(i, 500_000)), addressOf(0)) }),
  },
  {
    name: 'search',
    document: 'query ($text: String!) { search(text: $text) { kind id label } }',
    variables(i, population) {
      const account = addressOf(accountOf(i, population));
      const kind = SEARCHES[i % SEARCHES.length] as string;
      const texts = [
        account,
        account.slice(0, 10),
        transactionHash(spread(i, population.rows / EVENTS_A_TRANSACTION)),
        `${kind} ${spread(i, population.epochs)}`,
      ];
      return { text: texts[i % texts.length] };
    },
  },
  {
    name: 'open jobs',
    document: `query ($after: String!) {
      openJobs(after: $after, limit: 25) {
        rows { jobId client hardwareClass openShardCount pricePerShard minScoreBps deadline } endCursor total
      }
    }`,
    variables: (i, { jobs }) => ({ after: cursor(jobKey(jobs - spread(i, jobs / 10))) }),
  },
  {
    name: 'series by epoch',
    document: `query ($before: Int!) {
      networkSeries(unit: EPOCH, before: $before, limit: 50) {
        points {
          number startsAt levels { totalStaked holders establishedNodeCount failingNodeCount meanScoreBps }
          flows { jobs jobFees rewardsAccrued transfers }
        }
      }
    }`,
    variables: (i, { epochs }) => ({ before: epochs - spread(i, epochs / 2) }),
  },
];
