import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, BigIntColumn as BigIntColumn_, StringColumn as StringColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {GpuNode} from "./gpuNode.model"
import {Account} from "./account.model"

/**
 * Rewards were not settled, or a weight not computed anew, while stake changed; whoever left forgoes what was not settled.
 * The id is block-log.
 */
@Index_(["node", "id"], {unique: false})
@Index_(["account", "id"], {unique: false})
@Entity_()
export class RewardSettlementSkip {
    constructor(props?: Partial<RewardSettlementSkip>) {
        Object.assign(this, props)
    }

    /**
     * Block height and log index with leading zeros
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Node; null when a caller named one that does not exist
     */
    @ManyToOne_(() => GpuNode, {nullable: true})
    node!: GpuNode | undefined | null

    /**
     * Its nodeId as the caller named it, 0 to 4294967295
     */
    @BigIntColumn_({nullable: false})
    namedNodeId!: bigint

    /**
     * Account that moved stake, or asked for the node's certification to be looked at
     */
    @ManyToOne_(() => Account, {nullable: true})
    account!: Account

    /**
     * Transaction
     */
    @StringColumn_({nullable: false})
    txHash!: string

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
