/** A question of somebody, and how the API is asked. */
export interface Question {
  question: string;
  document: string;
  variables?: Record<string, unknown>;
}

/** Who asks, with what they want. */
export const ASKERS = {
  staker: 'Has DPN and wants to know where to put it, and what came of it.',
  operator: 'Runs nodes and wants to know how they stand, and why.',
  analyst: 'Looks at the network as a whole, and at how it came to be so.',
  protocol: 'Software that acts on a score, and must know how far it can be trusted.',
} as const;
export type Asker = keyof typeof ASKERS;

/** The first staker of the devnet. */
const STAKER = '0x15d34aaf54267db7d7c367839aaf71a00a2c6a65';

/** Examples that run on a devnet as they are; docs/reference/queries.md shows each with its answer. */
export const QUESTIONS: Readonly<Record<Asker, readonly Question[]>> = {
  staker: [
    {
      question: 'Which nodes have the best scores, and what do they take?',
      document: `{
  gpuNodes(where: { certified_eq: true, retired_eq: false }, orderBy: scoreBps_DESC, limit: 3) {
    nodeId
    scoreBps
    scoreStatus
    totalStake
    commissionBps
    delegatorCount
  }
}`,
    },
    {
      question: 'What have I delegated, and to whom?',
      document: `query ($account: String!) {
  accountById(id: $account) {
    balance
    delegationCount
    delegations(orderBy: deposited_DESC, limit: 2) {
      node {
        nodeId
        delegatedStake
        totalShares
      }
      shares
      deposited
      pendingRewards
      claimedRewards
    }
  }
}`,
      variables: { account: STAKER },
    },
    {
      question: 'What did I do last?',
      document: `query ($account: String!) {
  activities(where: { account: { id_eq: $account } }, orderBy: id_DESC, limit: 3) {
    kind
    amount
    node {
      nodeId
    }
    txHash
    timestamp
  }
}`,
      variables: { account: STAKER },
    },
  ],
  operator: [
    {
      question: 'How did the score of my node come about?',
      document: `{
  explainScore(nodeId: 0) {
    scoreBps
    status
    summary
  }
}`,
    },
    {
      question: 'How did my node do in the last challenges, and why?',
      document: `{
  challenges(nodeId: 5, limit: 2) {
    round
    task
    verdict
    meaning
    reason
    elapsedMs
    deadlineMs
    perfBps
  }
}`,
    },
    {
      question: 'How did its score move?',
      document: `query ($node: String!) {
  scoreChanges(where: { node: { id_eq: $node } }, orderBy: id_DESC, limit: 3) {
    epoch
    outcome
    previousScoreBps
    scoreBps
    status
  }
}`,
      variables: { node: '0000000000' },
    },
    {
      question: 'Which jobs are open to it?',
      document: `{
  jobs(where: { status_eq: OPEN, hardwareClass_eq: 0, openShardCount_gt: 0 }, orderBy: id_DESC, limit: 2) {
    id
    openShardCount
    pricePerShard
    minScoreBps
    deadline
  }
}`,
    },
  ],
  analyst: [
    {
      question: 'How large is the network?',
      document: `{
  network {
    nodeCount
    certifiedNodeCount
    establishedNodeCount
    failingNodeCount
    holders
    totalStaked
    acceptedShardCount
    jobPayments
    rewardsAccrued
  }
}`,
    },
    {
      question: 'How did it grow, by day?',
      document: `{
  networkDays(orderBy: id_DESC, limit: 2) {
    startsAt
    totalStaked
    holders
    nodeCount
    acceptedShardCount
    rewardsAccrued
  }
}`,
    },
    {
      question: 'Who holds the most DPN?',
      document: `{
  accountsConnection(orderBy: balance_DESC, first: 3) {
    totalCount
    edges {
      node {
        id
        balance
        votes
      }
    }
  }
}`,
    },
  ],
  protocol: [
    {
      question: 'What is the score of a node, and of when is it?',
      document: `query ($node: String!) {
  gpuNodeById(id: $node) {
    scoreBps
    scoreStatus
    scoreEpoch
    scoreUpdatedAt
  }
}`,
      variables: { node: '0000000000' },
    },
    {
      question: 'By which proof does the contract have it?',
      document: `{
  oracleBatches(where: { batch_eq: 0 }, orderBy: id_DESC, limit: 1) {
    epoch {
      number
    }
    observedAt
    prover
    presence
    txHash
  }
}`,
    },
    {
      question: 'How fresh is what I read?',
      document: `{
  squidStatus {
    height
    finalizedHeight
  }
  oracleHealth {
    ok
    summary
  }
}`,
    },
  ],
};
