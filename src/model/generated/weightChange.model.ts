import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, BigIntColumn as BigIntColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {GpuNode} from "./gpuNode.model"

/**
 * A node's weight in the emission, computed anew. The id is block-log.
 */
@Index_(["node", "id"], {unique: false})
@Entity_()
export class WeightChange {
    constructor(props?: Partial<WeightChange>) {
        Object.assign(this, props)
    }

    /**
     * Block height and log index with leading zeros
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Node weighed
     */
    @ManyToOne_(() => GpuNode, {nullable: true})
    node!: GpuNode

    /**
     * DPN wei of stake that counted: up to the cap, and zero for a node that is not certified or retired
     */
    @BigIntColumn_({nullable: false})
    cappedStake!: bigint

    /**
     * Score that counted, basis points
     */
    @IntColumn_({nullable: false})
    scoreBps!: number

    /**
     * Weight of its class that counted, basis points
     */
    @IntColumn_({nullable: false})
    classWeightBps!: number

    /**
     * Weight from this block on
     */
    @BigIntColumn_({nullable: false})
    weight!: bigint

    /**
     * Sum of all nodes' weights from this block on
     */
    @BigIntColumn_({nullable: false})
    totalWeight!: bigint

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
