import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, ManyToOne as ManyToOne_, Index as Index_, StringColumn as StringColumn_, BooleanColumn as BooleanColumn_, BigIntColumn as BigIntColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {GpuNode} from "./gpuNode.model"
import {Account} from "./account.model"

/**
 * A payment of rewards. The id is block-log.
 */
@Entity_()
export class RewardClaim {
    constructor(props?: Partial<RewardClaim>) {
        Object.assign(this, props)
    }

    /**
     * Block height and log index with leading zeros
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Node the reward comes from
     */
    @Index_()
    @ManyToOne_(() => GpuNode, {nullable: true})
    node!: GpuNode

    /**
     * Whose reward it is
     */
    @Index_()
    @ManyToOne_(() => Account, {nullable: true})
    account!: Account

    /**
     * Who received it
     */
    @StringColumn_({nullable: false})
    recipient!: string

    /**
     * True: the node's own reward; false: a delegator's
     */
    @BooleanColumn_({nullable: false})
    asOperator!: boolean

    /**
     * DPN wei paid
     */
    @BigIntColumn_({nullable: false})
    amount!: bigint

    /**
     * Height of the block
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the block
     */
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
