import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, StringColumn as StringColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {GpuNode} from "./gpuNode.model"

/**
 * A change of the key that signs a node's messages. The id is block-log.
 */
@Index_(["node", "id"], {unique: false})
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
    @Index_()
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
    @Index_()
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
