import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, IntColumn as IntColumn_, BooleanColumn as BooleanColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {GpuNode} from "./gpuNode.model"

/**
 * An announced or applied commission. The id is block-log.
 */
@Index_(["node", "id"], {unique: false})
@Entity_()
export class CommissionChange {
    constructor(props?: Partial<CommissionChange>) {
        Object.assign(this, props)
    }

    /**
     * Block height and log index with leading zeros
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Node whose commission it is
     */
    @ManyToOne_(() => GpuNode, {nullable: true})
    node!: GpuNode

    /**
     * Operator's cut of the delegators' rewards, basis points
     */
    @IntColumn_({nullable: false})
    commissionBps!: number

    /**
     * True: in force from this block; false: announced
     */
    @BooleanColumn_({nullable: false})
    applied!: boolean

    /**
     * Announced: from when it can be applied; applied: the block's time
     */
    @DateTimeColumn_({nullable: false})
    effectiveAt!: Date

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
