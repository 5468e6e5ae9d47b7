import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, BigIntColumn as BigIntColumn_, IntColumn as IntColumn_, StringColumn as StringColumn_, OneToMany as OneToMany_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {GpuNode} from "./gpuNode.model"
import {Delegation} from "./delegation.model"
import {UnbondingLock} from "./unbondingLock.model"
import {Job} from "./job.model"
import {RewardClaim} from "./rewardClaim.model"
import {StakeChange} from "./stakeChange.model"
import {VotesDelegation} from "./votesDelegation.model"
import {Activity} from "./activity.model"

/**
 * An address seen in any event. The id is the lower-case address.
 */
@Index_(["balance", "id"], {unique: false})
@Index_(["votes", "id"], {unique: false})
@Entity_()
export class Account {
    constructor(props?: Partial<Account>) {
        Object.assign(this, props)
    }

    /**
     * Lower-case address
     */
    @PrimaryColumn_()
    id!: string

    /**
     * CURRENT DPN wei held
     */
    @BigIntColumn_({nullable: false})
    balance!: bigint

    /**
     * CUMULATIVE number of transfers in and out
     */
    @IntColumn_({nullable: false})
    transferCount!: number

    /**
     * CURRENT account this one has delegated its votes to; null when none
     */
    @StringColumn_({nullable: true})
    votesDelegate!: string | undefined | null

    /**
     * CURRENT DPN wei of votes delegated to this account
     */
    @BigIntColumn_({nullable: false})
    votes!: bigint

    /**
     * CURRENT number of nodes this account holds delegation shares in
     */
    @IntColumn_({nullable: false})
    delegationCount!: number

    /**
     * CURRENT DPN wei in unbonding locks not yet withdrawn
     */
    @BigIntColumn_({nullable: false})
    unbonding!: bigint

    /**
     * CUMULATIVE DPN wei of rewards claimed
     */
    @BigIntColumn_({nullable: false})
    claimedRewards!: bigint

    /**
     * CUMULATIVE number of jobs posted
     */
    @IntColumn_({nullable: false})
    jobCount!: number

    /**
     * Nodes this account operates
     */
    @OneToMany_(() => GpuNode, e => e.operator)
    nodes!: GpuNode[]

    /**
     * Delegations of this account
     */
    @OneToMany_(() => Delegation, e => e.delegator)
    delegations!: Delegation[]

    /**
     * Unbonding locks of this account
     */
    @OneToMany_(() => UnbondingLock, e => e.owner)
    unbondingLocks!: UnbondingLock[]

    /**
     * Jobs posted by this account
     */
    @OneToMany_(() => Job, e => e.client)
    jobs!: Job[]

    /**
     * Rewards claimed by this account
     */
    @OneToMany_(() => RewardClaim, e => e.account)
    rewardClaims!: RewardClaim[]

    /**
     * History of the stake this account moved, its own nodes' and its delegations'
     */
    @OneToMany_(() => StakeChange, e => e.account)
    stakeChanges!: StakeChange[]

    /**
     * History of whom this account gave its votes to
     */
    @OneToMany_(() => VotesDelegation, e => e.account)
    votesDelegations!: VotesDelegation[]

    /**
     * What this account did, or what happened to its nodes and jobs by its word: transfers out, stake, claims, jobs, shards
     * of its nodes, changes of its nodes. Transfers in are activities whose counterparty it is.
     */
    @OneToMany_(() => Activity, e => e.account)
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
     * Height of the block in which the address was first seen
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the block in which the address was first seen
     */
    @Index_()
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
