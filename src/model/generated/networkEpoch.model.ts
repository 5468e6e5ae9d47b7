import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_, BigIntColumn as BigIntColumn_} from "@subsquid/typeorm-store"

/**
 * The network as the last event before an epoch's end left it; an epoch without an event has no row. What happened in an
 * epoch is the difference to the row before. All time before the first epoch has a row of its own, so that the first
 * epoch's difference is right too. The id is the epoch with ten digits.
 */
@Entity_()
export class NetworkEpoch {
    constructor(props?: Partial<NetworkEpoch>) {
        Object.assign(this, props)
    }

    /**
     * Epoch with ten digits, so that ids sort; "0" for all time before epoch 0, which sorts before them
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Epoch by the clock of the oracle contract: epoch 0 begins at its genesis time; -1 is all time before
     */
    @IntColumn_({nullable: false})
    number!: number

    /**
     * First moment of it; of all time before epoch 0 the beginning of 1970
     */
    @DateTimeColumn_({nullable: false})
    startsAt!: Date

    /**
     * DPN wei in existence
     */
    @BigIntColumn_({nullable: false})
    totalSupply!: bigint

    /**
     * Accounts with a balance above zero
     */
    @IntColumn_({nullable: false})
    holders!: number

    /**
     * CUMULATIVE number of token transfers, mints included
     */
    @IntColumn_({nullable: false})
    transferCount!: number

    /**
     * CUMULATIVE DPN wei moved by transfers, mints included
     */
    @BigIntColumn_({nullable: false})
    transferVolume!: bigint

    /**
     * DPN wei bonded to nodes
     */
    @BigIntColumn_({nullable: false})
    totalStaked!: bigint

    /**
     * DPN wei in unbonding locks that were not yet withdrawn
     */
    @BigIntColumn_({nullable: false})
    totalUnbonding!: bigint

    /**
     * CUMULATIVE number of nodes ever registered
     */
    @IntColumn_({nullable: false})
    nodeCount!: number

    /**
     * Certified nodes
     */
    @IntColumn_({nullable: false})
    certifiedNodeCount!: number

    /**
     * CUMULATIVE number of nodes taken out for good
     */
    @IntColumn_({nullable: false})
    retiredNodeCount!: number

    /**
     * Nodes without a score, retired ones left out, as in the three counts that follow
     */
    @IntColumn_({nullable: false})
    unratedNodeCount!: number

    /**
     * Nodes whose score is provisional
     */
    @IntColumn_({nullable: false})
    provisionalNodeCount!: number

    /**
     * Nodes whose score is established
     */
    @IntColumn_({nullable: false})
    establishedNodeCount!: number

    /**
     * Nodes that are failing
     */
    @IntColumn_({nullable: false})
    failingNodeCount!: number

    /**
     * Sum of the scores of the nodes in these four counts, basis points
     */
    @BigIntColumn_({nullable: false})
    scoreSumBps!: bigint

    /**
     * (node, delegator) pairs with shares
     */
    @IntColumn_({nullable: false})
    delegationCount!: number

    /**
     * CUMULATIVE number of jobs posted
     */
    @IntColumn_({nullable: false})
    jobCount!: number

    /**
     * CUMULATIVE number of jobs whose shards are all settled
     */
    @IntColumn_({nullable: false})
    completedJobCount!: number

    /**
     * CUMULATIVE number of jobs taken back by their client
     */
    @IntColumn_({nullable: false})
    cancelledJobCount!: number

    /**
     * Shards of open jobs that nobody has claimed
     */
    @BigIntColumn_({nullable: false})
    openShardCount!: bigint

    /**
     * CUMULATIVE number of shards accepted and paid
     */
    @IntColumn_({nullable: false})
    acceptedShardCount!: number

    /**
     * CUMULATIVE number of shards that expired and were refunded
     */
    @IntColumn_({nullable: false})
    expiredShardCount!: number

    /**
     * DPN wei the job market holds for open jobs
     */
    @BigIntColumn_({nullable: false})
    escrowed!: bigint

    /**
     * CUMULATIVE DPN wei paid to nodes for jobs, without the fee
     */
    @BigIntColumn_({nullable: false})
    jobPayments!: bigint

    /**
     * CUMULATIVE DPN wei of job fees paid to the treasury
     */
    @BigIntColumn_({nullable: false})
    jobFees!: bigint

    /**
     * Sum of all nodes' emission weights
     */
    @BigIntColumn_({nullable: false})
    totalWeight!: bigint

    /**
     * CUMULATIVE DPN wei of rewards settled for nodes and delegators
     */
    @BigIntColumn_({nullable: false})
    rewardsAccrued!: bigint

    /**
     * CUMULATIVE DPN wei of rewards paid out
     */
    @BigIntColumn_({nullable: false})
    rewardsClaimed!: bigint

    /**
     * CUMULATIVE number of measurement rounds anchored
     */
    @IntColumn_({nullable: false})
    roundCount!: number

    /**
     * CUMULATIVE number of score batches proven on-chain
     */
    @IntColumn_({nullable: false})
    batchCount!: number

    /**
     * Height of the block with its last event
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of that block
     */
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
