import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, ManyToOne as ManyToOne_, Index as Index_, StringColumn as StringColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {GpuNode} from "./gpuNode.model"

/**
 * A change of the key that signs a node's messages. The id is block-log.
 */
@Entity_()
export class WorkerKeyRotation {
    constructor(props?: Partial<WorkerKeyRotation>) {
        Object.assign(this, props)
    }

    /**
     * Block height and log index with leading zeros
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Node whose key it is
     */
    @Index_()
    @ManyToOne_(() => GpuNode, {nullable: true})
    node!: GpuNode

    /**
     * Key before
     */
    @StringColumn_({nullable: false})
    previousWorkerKey!: string

    /**
     * Key from this block on
     */
    @StringColumn_({nullable: false})
    workerKey!: string

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
