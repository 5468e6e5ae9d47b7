import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_, StringColumn as StringColumn_, BooleanColumn as BooleanColumn_, BigIntColumn as BigIntColumn_} from "@subsquid/typeorm-store"
import {Job} from "./job.model"
import {GpuNode} from "./gpuNode.model"
import {ShardState} from "./_shardState"

/**
 * A shard of a job from its claim (or expiry) on. The id is job-shard.
 */
@Index_(["job", "id"], {unique: false})
@Index_(["node", "id"], {unique: false})
@Index_(["state", "id"], {unique: false})
@Entity_()
export class JobShard {
    constructor(props?: Partial<JobShard>) {
        Object.assign(this, props)
    }

    /**
     * Job id, a dash, the shard's number with five digits
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Job it belongs to
     */
    @ManyToOne_(() => Job, {nullable: true})
    job!: Job

    /**
     * Number of the shard within the job, from 0
     */
    @IntColumn_({nullable: false})
    shard!: number

    /**
     * Node that claimed it; null when it expired unclaimed
     */
    @ManyToOne_(() => GpuNode, {nullable: true})
    node!: GpuNode | undefined | null

    /**
     * CURRENT standing
     */
    @Column_("varchar", {length: 9, nullable: false})
    state!: ShardState

    /**
     * Time of the claim; null when it expired unclaimed
     */
    @DateTimeColumn_({nullable: true})
    claimedAt!: Date | undefined | null

    /**
     * Time of the delivery; null before it
     */
    @DateTimeColumn_({nullable: true})
    submittedAt!: Date | undefined | null

    /**
     * Time from which anyone may accept in the client's place; null before the delivery
     */
    @DateTimeColumn_({nullable: true})
    autoAcceptAt!: Date | undefined | null

    /**
     * Hash of the result; null before the delivery
     */
    @StringColumn_({nullable: true})
    resultHash!: string | undefined | null

    /**
     * True when the window passed without the client's word; null before acceptance
     */
    @BooleanColumn_({nullable: true})
    acceptedAutomatically!: boolean | undefined | null

    /**
     * Time of acceptance or expiry; null before
     */
    @DateTimeColumn_({nullable: true})
    settledAt!: Date | undefined | null

    /**
     * DPN wei paid to the node; null before
     */
    @BigIntColumn_({nullable: true})
    payment!: bigint | undefined | null

    /**
     * DPN wei of fee; null before
     */
    @BigIntColumn_({nullable: true})
    fee!: bigint | undefined | null

    /**
     * Account that was paid; null before
     */
    @Index_()
    @StringColumn_({nullable: true})
    recipient!: string | undefined | null

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
     * Height of the block of the last change
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the block of the last change
     */
    @Index_()
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
