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

/** The second staker of the devnet, which takes some out. */
const STAKER = '0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc';

/** Examples that run on a devnet as they are; docs/reference/queries.md shows each with its answer. */
export const QUESTIONS: Readonly<Record<Asker, readonly Question[]>> = {
  staker: [
    {
      question: 'Which nodes have the best scores, and what do they give?',
      document: `{
  nodes(sort: SCORE, filter: { certified: true, retired: false }, limit: 2) {
    total
    endCursor
    rows {
      nodeId
      scoreBps
      status
      totalStake
      commissionBps
      uptime24h {
        uptimeBps
        passed
        failed
        notMeasured
      }
      delegatorApr {
        aprBps
        fromAt
        toAt
        denominator
      }
    }
  }
}`,
    },
    {
      question: 'Is this node worth delegating to?',
      document: `{
  node(nodeId: 1) {
    summary {
      scoreBps
      status
      scoreObservedAt
      certified
      retired
      commissionBps
      pendingCommissionBps
      stakeLeft
      delegatorCount
      uptime7d {
        uptimeBps
        coverageBps
      }
      uptime30d {
        uptimeBps
        coverageBps
      }
      delegatorApr {
        aprBps
        fromAt
        toAt
      }
    }
  }
  delegatorsOf(nodeId: 1, limit: 2) {
    total
    rows {
      delegator
      value
    }
  }
}`,
    },
    {
      question: 'What have I delegated, what is it worth, and what can I claim?',
      document: `query ($account: String!) {
  account(address: $account) {
    balance
    delegationCount
    claimableAsDelegator
    claimedRewards
  }
  delegationsOf(account: $account, limit: 2) {
    total
    rows {
      nodeId
      deposited
      value
      claimable
      claimed
    }
  }
}`,
      variables: { account: STAKER },
    },
    {
      question: 'When do I get back what I took out?',
      document: `query ($account: String!) {
  locksOf(account: $account, limit: 2) {
    total
    rows {
      nodeId
      amount
      withdrawableAt
      withdrawnAt
    }
  }
}`,
      variables: { account: STAKER },
    },
    {
      question: 'What did I do last, and what came to me?',
      document: `query ($account: String!) {
  feed(account: $account, limit: 3) {
    endCursor
    rows {
      kind
      direction
      amount
      nodeId
      txHash
      timestamp
    }
  }
}`,
      variables: { account: STAKER },
    },
  ],
  operator: [
    {
      question: 'How does my node stand, and what can I claim?',
      document: `{
  node(nodeId: 0) {
    summary {
      scoreBps
      status
      scoreObservedAt
      selfStake
      delegatedStake
      stakeLeft
      operatorClaimable
      operatorApr {
        aprBps
      }
    }
    coverage {
      window
      held
      measured
      neutral
    }
    rates {
      task
      device
      perMs
      perfBps
    }
  }
}`,
    },
    {
      question: 'How did its score come about?',
      document: `{
  explainScore(nodeId: 0) {
    scoreBps
    status
    summary
  }
}`,
    },
    {
      question: 'How did its score move, and why?',
      document: `{
  nodeScoreHistory(nodeId: 0, limit: 2) {
    total
    rows {
      epoch
      outcome
      previousScoreBps
      scoreBps
      status
      reason
    }
  }
}`,
    },
    {
      question: 'What went wrong in its last challenges, and whose fault was it?',
      document: `{
  challenges(nodeId: 5, limit: 2) {
    round
    task
    verdict
    meaning
    reason
    faultOwner
    elapsedMs
    deadlineMs
    perfBps
  }
}`,
    },
    {
      question: 'Which jobs are open to it?',
      document: `{
  openJobs(filter: { hardwareClass: 0, scoreBps: 5000 }, limit: 2) {
    total
    rows {
      jobId
      openShardCount
      pricePerShard
      minScoreBps
      deadline
    }
  }
}`,
    },
  ],
  analyst: [
    {
      question: 'How large is the network, and what happened today?',
      document: `{
  overview {
    levels {
      nodeCount
      certifiedNodeCount
      establishedNodeCount
      failingNodeCount
      meanScoreBps
      holders
      totalStaked
    }
    sums {
      transfers
      shardsAccepted
      jobPayments
      rewardsAccrued
    }
    last24h {
      fromAt
      flows {
        shardsAccepted
        rewardsAccrued
      }
    }
  }
}`,
    },
    {
      question: 'How did it grow, by epoch?',
      document: `{
  networkSeries(unit: EPOCH, limit: 2) {
    points {
      number
      startsAt
      levels {
        totalStaked
        provisionalNodeCount
        establishedNodeCount
        meanScoreBps
      }
      flows {
        transfers
        shardsAccepted
        rewardsAccrued
      }
    }
  }
}`,
    },
    {
      question: 'Who holds the most DPN?',
      document: `{
  holders(limit: 3) {
    total
    rows {
      address
      balance
      votes
    }
  }
}`,
    },
    {
      question: 'What is it that a text names?',
      document: `{
  search(text: "node 5") {
    kind
    id
    label
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
  freshness {
    indexedBlock
    indexedTime
    chainBlock
    chainSeenAt
    lagBlocks
    lagSeconds
    newestProvenEpoch
    newestScoreObservedAt
  }
  oracleHealth {
    ok
    summary
  }
}`,
    },
    {
      question: 'Which contracts are these, and by which rules?',
      document: `{
  networkConstants {
    chainId
    contracts {
      name
      address
    }
    constants {
      contract
      name
      value
      unit
    }
    methodology {
      methodologyHash
      fromEpoch
      quorum
      maxIdle
    }
  }
}`,
    },
    {
      question: 'Do the reporters still measure?',
      document: `{
  reportersLiveness(limit: 1) {
    total
    rows {
      reporter
      slot
      newestRound
      newestRoundAt
      newestEvidenceEpoch
    }
  }
}`,
    },
  ],
};
