import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, StringColumn as StringColumn_, BooleanColumn as BooleanColumn_, BigIntColumn as BigIntColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {GpuNode} from "./gpuNode.model"
import {Account} from "./account.model"

/**
 * A payment of rewards. The id is block-log.
 */
@Index_(["node", "id"], {unique: false})
@Index_(["account", "id"], {unique: false})
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
    @ManyToOne_(() => GpuNode, {nullable: true})
    node!: GpuNode

    /**
     * Whose reward it is
     */
    @ManyToOne_(() => Account, {nullable: true})
    account!: Account

    /**
     * Who received it
     */
    @Index_()
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
     * DPN wei that this account has claimed of this node in this role, this payment included
     */
    @BigIntColumn_({nullable: false})
    claimedTotal!: bigint

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
