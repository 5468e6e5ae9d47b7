import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, BigIntColumn as BigIntColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {GpuNode} from "./gpuNode.model"

/**
 * A settlement of a node's reward stream. The id is block-log.
 */
@Index_(["node", "id"], {unique: false})
@Entity_()
export class RewardAccrual {
    constructor(props?: Partial<RewardAccrual>) {
        Object.assign(this, props)
    }

    /**
     * Block height and log index with leading zeros
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Node that earned
     */
    @ManyToOne_(() => GpuNode, {nullable: true})
    node!: GpuNode

    /**
     * DPN wei earned since the previous settlement: operatorAmount + delegatorsAmount
     */
    @BigIntColumn_({nullable: false})
    amount!: bigint

    /**
     * DPN wei for the operator, commission included
     */
    @BigIntColumn_({nullable: false})
    operatorAmount!: bigint

    /**
     * Part of operatorAmount taken from delegators as commission
     */
    @BigIntColumn_({nullable: false})
    commission!: bigint

    /**
     * DPN wei for the delegators
     */
    @BigIntColumn_({nullable: false})
    delegatorsAmount!: bigint

    /**
     * The node's rewardPerShare after it
     */
    @BigIntColumn_({nullable: false})
    rewardPerShare!: bigint

    /**
     * The node's operatorRewardPerStake after it
     */
    @BigIntColumn_({nullable: false})
    operatorRewardPerStake!: bigint

    /**
     * Height of the block
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the block
     */
    @Index_()
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
