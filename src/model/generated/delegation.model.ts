import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, BigIntColumn as BigIntColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {GpuNode} from "./gpuNode.model"
import {Account} from "./account.model"

/**
 * Shares of one account in the delegated stake of one node; the row stays when all shares are gone. The id is node-account.
 */
@Index_(["node", "shares"], {unique: false})
@Index_(["delegator", "id"], {unique: false})
@Entity_()
export class Delegation {
    constructor(props?: Partial<Delegation>) {
        Object.assign(this, props)
    }

    /**
     * Node id, a dash, the delegator's address
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Node delegated to
     */
    @ManyToOne_(() => GpuNode, {nullable: true})
    node!: GpuNode

    /**
     * Who delegates
     */
    @ManyToOne_(() => Account, {nullable: true})
    delegator!: Account

    /**
     * CURRENT shares; worth floor(shares x (node.delegatedStake + 1) / (node.totalShares + 1)) DPN wei, as unbonding pays
     */
    @BigIntColumn_({nullable: false})
    shares!: bigint

    /**
     * CUMULATIVE DPN wei delegated
     */
    @BigIntColumn_({nullable: false})
    deposited!: bigint

    /**
     * CUMULATIVE DPN wei whose unbonding was started
     */
    @BigIntColumn_({nullable: false})
    unbonded!: bigint

    /**
     * CURRENT DPN wei of rewards settled and not claimed; more has come since, see docs/protocol/10-rewards.md
     */
    @BigIntColumn_({nullable: false})
    pendingRewards!: bigint

    /**
     * CURRENT value of the node's rewardPerShare up to which they are settled; null where an update of the index began in between
     */
    @BigIntColumn_({nullable: true})
    rewardPerSharePaid!: bigint | undefined | null

    /**
     * CUMULATIVE DPN wei of rewards claimed
     */
    @BigIntColumn_({nullable: false})
    claimedRewards!: bigint

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
     * Height of the block of the last change of shares
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the block of the last change of shares
     */
    @Index_()
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
