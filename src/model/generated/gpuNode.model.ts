import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, IntColumn as IntColumn_, ManyToOne as ManyToOne_, StringColumn as StringColumn_, BooleanColumn as BooleanColumn_, BigIntColumn as BigIntColumn_, DateTimeColumn as DateTimeColumn_, OneToMany as OneToMany_} from "@subsquid/typeorm-store"
import {Account} from "./account.model"
import {ScoreStatus} from "./_scoreStatus"
import {Delegation} from "./delegation.model"
import {UnbondingLock} from "./unbondingLock.model"
import {StakeChange} from "./stakeChange.model"
import {WeightChange} from "./weightChange.model"
import {RewardSettlementSkip} from "./rewardSettlementSkip.model"
import {ScoreChange} from "./scoreChange.model"
import {CommissionChange} from "./commissionChange.model"
import {WorkerKeyRotation} from "./workerKeyRotation.model"
import {RewardAccrual} from "./rewardAccrual.model"
import {RewardClaim} from "./rewardClaim.model"
import {JobShard} from "./jobShard.model"
import {Activity} from "./activity.model"

/**
 * A registered GPU node. The id is its nodeId with ten digits.
 */
@Index_(["operator", "id"], {unique: false})
@Index_(["scoreBps", "id"], {unique: false})
@Index_(["totalStake", "id"], {unique: false})
@Index_(["weight", "id"], {unique: false})
@Entity_()
export class GpuNode {
    constructor(props?: Partial<GpuNode>) {
        Object.assign(this, props)
    }

    /**
     * nodeId with ten digits, so that ids sort
     */
    @PrimaryColumn_()
    id!: string

    /**
     * nodeId as contracts use it, dense from 0
     */
    @IntColumn_({nullable: false})
    nodeId!: number

    /**
     * Account that registered the node and may change it
     */
    @ManyToOne_(() => Account, {nullable: true})
    operator!: Account

    /**
     * CURRENT account that signs the node's protocol messages
     */
    @Index_()
    @StringColumn_({nullable: false})
    workerKey!: string

    /**
     * CURRENT account that receives the node's own rewards and job payments
     */
    @Index_()
    @StringColumn_({nullable: false})
    rewardRecipient!: string

    /**
     * Hardware class: 0 development, 1 integrated, 2 consumer, 3 datacentre; fixed for the life of the node
     */
    @Index_()
    @IntColumn_({nullable: false})
    hardwareClass!: number

    /**
     * CURRENT number of GPUs the node answers challenges with
     */
    @IntColumn_({nullable: false})
    devices!: number

    /**
     * CURRENT region as the operator states it
     */
    @StringColumn_({nullable: false})
    region!: string

    /**
     * CURRENT address of the node's description, as the operator states it
     */
    @StringColumn_({nullable: false})
    metadataURI!: string

    /**
     * CURRENT true once the operator has taken the node out for good
     */
    @BooleanColumn_({nullable: false})
    retired!: boolean

    /**
     * CURRENT true while the self-stake reaches the certification threshold
     */
    @BooleanColumn_({nullable: false})
    certified!: boolean

    /**
     * CURRENT DPN wei staked by the operator
     */
    @Index_()
    @BigIntColumn_({nullable: false})
    selfStake!: bigint

    /**
     * CURRENT DPN wei staked by operator and delegators: selfStake + delegatedStake
     */
    @BigIntColumn_({nullable: false})
    totalStake!: bigint

    /**
     * CURRENT DPN wei behind all delegation shares; rounding can leave some when all shares are gone
     */
    @BigIntColumn_({nullable: false})
    delegatedStake!: bigint

    /**
     * CURRENT delegation shares outstanding; n of them are worth floor(n x (delegatedStake + 1) / (totalShares + 1)) DPN wei
     */
    @BigIntColumn_({nullable: false})
    totalShares!: bigint

    /**
     * CURRENT number of accounts with delegation shares
     */
    @IntColumn_({nullable: false})
    delegatorCount!: number

    /**
     * CURRENT operator's cut of the delegators' rewards, basis points
     */
    @IntColumn_({nullable: false})
    commissionBps!: number

    /**
     * CURRENT commission announced but not yet applied, basis points; null when none is
     */
    @IntColumn_({nullable: true})
    pendingCommissionBps!: number | undefined | null

    /**
     * CURRENT time from which the announced commission can be applied; null when none is
     */
    @DateTimeColumn_({nullable: true})
    pendingCommissionAt!: Date | undefined | null

    /**
     * CURRENT proven score, basis points of the class's reference (0 to 10000)
     */
    @IntColumn_({nullable: false})
    scoreBps!: number

    /**
     * CURRENT standing of the score
     */
    @Index_()
    @Column_("varchar", {length: 11, nullable: false})
    scoreStatus!: ScoreStatus

    /**
     * CURRENT observation time of the score (end of its epoch) as the contract says it; null before its batch's first proof
     */
    @DateTimeColumn_({nullable: true})
    scoreUpdatedAt!: Date | undefined | null

    /**
     * CURRENT epoch of the score; null before its batch's first proof
     */
    @IntColumn_({nullable: true})
    scoreEpoch!: number | undefined | null

    /**
     * CURRENT decayed count of passed epochs, 16.16 fixed point
     */
    @BigIntColumn_({nullable: false})
    alpha!: bigint

    /**
     * CURRENT decayed, weighted count of failed epochs, 16.16 fixed point
     */
    @BigIntColumn_({nullable: false})
    beta!: bigint

    /**
     * CURRENT smoothed performance in basis points, 16.16 fixed point
     */
    @BigIntColumn_({nullable: false})
    perf!: bigint

    /**
     * CURRENT epochs since the last vote, at most 255
     */
    @IntColumn_({nullable: false})
    idle!: number

    /**
     * CUMULATIVE number of epochs that the quorum called passed
     */
    @IntColumn_({nullable: false})
    passCount!: number

    /**
     * CUMULATIVE number of epochs that the quorum called failed
     */
    @IntColumn_({nullable: false})
    failCount!: number

    /**
     * CURRENT weight in the emission: capped stake x score x class weight
     */
    @BigIntColumn_({nullable: false})
    weight!: bigint

    /**
     * CURRENT value of Network.rewardPerWeight up to which the node's rewards are settled; null where an update of the index began in between
     */
    @BigIntColumn_({nullable: true})
    rewardPerWeightPaid!: bigint | undefined | null

    /**
     * CUMULATIVE DPN wei settled for one delegation share, times 10^18
     */
    @BigIntColumn_({nullable: false})
    rewardPerShare!: bigint

    /**
     * CUMULATIVE DPN wei settled for the operator per DPN wei of self-stake, times 10^18; what comes without self-stake is left out
     */
    @BigIntColumn_({nullable: false})
    operatorRewardPerStake!: bigint

    /**
     * CURRENT time of the last settlement; null before the first
     */
    @DateTimeColumn_({nullable: true})
    settledAt!: Date | undefined | null

    /**
     * CUMULATIVE DPN wei of rewards settled for the node and its delegators
     */
    @BigIntColumn_({nullable: false})
    accruedRewards!: bigint

    /**
     * CUMULATIVE part of accruedRewards that belongs to the operator, commission included
     */
    @BigIntColumn_({nullable: false})
    operatorRewards!: bigint

    /**
     * CUMULATIVE part of accruedRewards taken from delegators as commission
     */
    @BigIntColumn_({nullable: false})
    commissionRewards!: bigint

    /**
     * CUMULATIVE DPN wei of rewards paid out, to operator and delegators
     */
    @BigIntColumn_({nullable: false})
    claimedRewards!: bigint

    /**
     * CUMULATIVE part of claimedRewards that was the operator's
     */
    @BigIntColumn_({nullable: false})
    operatorClaimedRewards!: bigint

    /**
     * CURRENT number of shards claimed or submitted and not yet settled
     */
    @IntColumn_({nullable: false})
    activeShardCount!: number

    /**
     * CUMULATIVE number of shards claimed
     */
    @IntColumn_({nullable: false})
    claimedShardCount!: number

    /**
     * CUMULATIVE number of shards accepted and paid
     */
    @IntColumn_({nullable: false})
    acceptedShardCount!: number

    /**
     * CUMULATIVE number of claimed shards that expired
     */
    @IntColumn_({nullable: false})
    expiredShardCount!: number

    /**
     * CUMULATIVE DPN wei earned by jobs
     */
    @BigIntColumn_({nullable: false})
    jobEarnings!: bigint

    /**
     * Delegations to this node
     */
    @OneToMany_(() => Delegation, e => e.node)
    delegations!: Delegation[]

    /**
     * Unbonding locks of this node
     */
    @OneToMany_(() => UnbondingLock, e => e.node)
    unbondingLocks!: UnbondingLock[]

    /**
     * Stake history: every deposit, delegation and start of unbonding, with what they left
     */
    @OneToMany_(() => StakeChange, e => e.node)
    stakeChanges!: StakeChange[]

    /**
     * History of the weight in the emission, with what it was computed from
     */
    @OneToMany_(() => WeightChange, e => e.node)
    weightChanges!: WeightChange[]

    /**
     * Times at which rewards could not be settled or weighed anew while stake changed
     */
    @OneToMany_(() => RewardSettlementSkip, e => e.node)
    rewardSettlementSkips!: RewardSettlementSkip[]

    /**
     * Score history
     */
    @OneToMany_(() => ScoreChange, e => e.node)
    scoreChanges!: ScoreChange[]

    /**
     * Commission history
     */
    @OneToMany_(() => CommissionChange, e => e.node)
    commissionChanges!: CommissionChange[]

    /**
     * Worker key history
     */
    @OneToMany_(() => WorkerKeyRotation, e => e.node)
    workerKeyRotations!: WorkerKeyRotation[]

    /**
     * Reward settlements
     */
    @OneToMany_(() => RewardAccrual, e => e.node)
    rewardAccruals!: RewardAccrual[]

    /**
     * Reward payments
     */
    @OneToMany_(() => RewardClaim, e => e.node)
    rewardClaims!: RewardClaim[]

    /**
     * Shards this node claimed
     */
    @OneToMany_(() => JobShard, e => e.node)
    shards!: JobShard[]

    /**
     * What happened to this node
     */
    @OneToMany_(() => Activity, e => e.node)
    activities!: Activity[]

    /**
     * Height of the block that made the row
     */
    @IntColumn_({nullable: false})
    createdBlock!: number

    /**
     * Time of the block that made the row
     */
    @DateTimeColumn_({nullable: false})
    createdAt!: Date

    /**
     * CURRENT height of the block of the last event that changed the row
     */
    @IntColumn_({nullable: false})
    updatedBlock!: number

    /**
     * CURRENT time of the block of the last event that changed the row
     */
    @DateTimeColumn_({nullable: false})
    updatedAt!: Date

    /**
     * Height of the block that registered the node
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the block that registered the node
     */
    @Index_()
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
