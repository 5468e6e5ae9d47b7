import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, BigIntColumn as BigIntColumn_, IntColumn as IntColumn_, StringColumn as StringColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"

/**
 * The whole network in one row (id "dpin").
 * CURRENT fields hold the value after the last indexed event, CUMULATIVE fields only ever grow.
 * All amounts are DPN wei (10^-18 DPN), all shares of a whole are basis points (1/10000).
 */
@Entity_()
export class Network {
    constructor(props?: Partial<Network>) {
        Object.assign(this, props)
    }

    /**
     * Always "dpin"
     */
    @PrimaryColumn_()
    id!: string

    /**
     * CURRENT DPN wei in existence
     */
    @BigIntColumn_({nullable: false})
    totalSupply!: bigint

    /**
     * CURRENT number of accounts with a balance above zero
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
     * CURRENT DPN wei bonded to nodes, self-stake and delegations together
     */
    @BigIntColumn_({nullable: false})
    totalStaked!: bigint

    /**
     * CURRENT DPN wei in unbonding locks that were not yet withdrawn
     */
    @BigIntColumn_({nullable: false})
    totalUnbonding!: bigint

    /**
     * CUMULATIVE number of unbonding locks; their ids are 0 up to this number minus one
     */
    @IntColumn_({nullable: false})
    unbondingLockCount!: number

    /**
     * CURRENT contract that settles rewards before stake changes; null until it was set, which happens once
     */
    @StringColumn_({nullable: true})
    rewardDistributor!: string | undefined | null

    /**
     * CURRENT self-stake in DPN wei from which a node is certified; null until the contract announced it
     */
    @BigIntColumn_({nullable: true})
    certificationThreshold!: bigint | undefined | null

    /**
     * CUMULATIVE number of nodes ever registered; their nodeIds are 0 up to this number minus one
     */
    @IntColumn_({nullable: false})
    nodeCount!: number

    /**
     * CURRENT number of certified nodes
     */
    @IntColumn_({nullable: false})
    certifiedNodeCount!: number

    /**
     * CUMULATIVE number of nodes taken out for good
     */
    @IntColumn_({nullable: false})
    retiredNodeCount!: number

    /**
     * CURRENT number of nodes without a score, retired ones left out, as in the three counts that follow
     */
    @IntColumn_({nullable: false})
    unratedNodeCount!: number

    /**
     * CURRENT number of nodes whose score is provisional
     */
    @IntColumn_({nullable: false})
    provisionalNodeCount!: number

    /**
     * CURRENT number of nodes whose score is established
     */
    @IntColumn_({nullable: false})
    establishedNodeCount!: number

    /**
     * CURRENT number of nodes that are failing
     */
    @IntColumn_({nullable: false})
    failingNodeCount!: number

    /**
     * CURRENT sum of the scores of the nodes in these four counts, basis points
     */
    @BigIntColumn_({nullable: false})
    scoreSumBps!: bigint

    /**
     * CURRENT number of (node, delegator) pairs with shares
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
     * CURRENT number of shards that nobody has claimed, of open jobs, those past their deadline included
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
     * CURRENT DPN wei the job market holds for open jobs
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
     * CURRENT market fee, basis points of a shard's price; null until the contract announced it
     */
    @IntColumn_({nullable: true})
    jobFeeBps!: number | undefined | null

    /**
     * CURRENT account that receives the market's fees; null until the contract announced it
     */
    @StringColumn_({nullable: true})
    treasury!: string | undefined | null

    /**
     * CURRENT emission in DPN wei per second, until emissionEndsAt
     */
    @BigIntColumn_({nullable: false})
    emissionRate!: bigint

    /**
     * CURRENT end of the emission; null before the first funding
     */
    @DateTimeColumn_({nullable: true})
    emissionEndsAt!: Date | undefined | null

    /**
     * CUMULATIVE DPN wei put into the emission
     */
    @BigIntColumn_({nullable: false})
    emissionFunded!: bigint

    /**
     * CURRENT DPN wei that waited while no node had weight, as of the last funding
     */
    @BigIntColumn_({nullable: false})
    emissionUndistributed!: bigint

    /**
     * CURRENT highest stake in DPN wei that counts towards a node's weight; null until the contract announced it
     */
    @BigIntColumn_({nullable: true})
    stakeCap!: bigint | undefined | null

    /**
     * CURRENT sum of all nodes' emission weights
     */
    @BigIntColumn_({nullable: false})
    totalWeight!: bigint

    /**
     * CURRENT DPN wei streamed to one unit of weight until rewardPerWeightAt, times 10^18; it goes on from there, see docs/protocol/10-rewards.md
     */
    @BigIntColumn_({nullable: false})
    rewardPerWeight!: bigint

    /**
     * CURRENT time up to which rewardPerWeight counts; null before the first weight
     */
    @DateTimeColumn_({nullable: true})
    rewardPerWeightAt!: Date | undefined | null

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
     * CURRENT number of active reporter slots (a retirement counts at once)
     */
    @IntColumn_({nullable: false})
    reporterCount!: number

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
     * CURRENT newest epoch with a proven batch; null before the first
     */
    @IntColumn_({nullable: true})
    lastProvenEpoch!: number | undefined | null

    /**
     * CURRENT observation time (end of epoch) of that epoch; null before the first
     */
    @DateTimeColumn_({nullable: true})
    lastProvenAt!: Date | undefined | null

    /**
     * Height after which histories are whole; 0: from the beginning. See After an update in docs/guide/running.md
     */
    @IntColumn_({nullable: false})
    historiesAfterBlock!: number

    /**
     * CURRENT height of the block with the last indexed event, whatever event it was
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * CURRENT time of the block with the last indexed event, whatever event it was
     */
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
