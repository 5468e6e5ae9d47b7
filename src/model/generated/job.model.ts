import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, IntColumn as IntColumn_, BigIntColumn as BigIntColumn_, DateTimeColumn as DateTimeColumn_, StringColumn as StringColumn_, OneToMany as OneToMany_} from "@subsquid/typeorm-store"
import {Account} from "./account.model"
import {JobStatus} from "./_jobStatus"
import {JobShard} from "./jobShard.model"

/**
 * A job of equal shards with its money in escrow. The id is the contract's job id with twelve digits.
 */
@Index_(["client", "id"], {unique: false})
@Index_(["status", "id"], {unique: false})
@Entity_()
export class Job {
    constructor(props?: Partial<Job>) {
        Object.assign(this, props)
    }

    /**
     * Job id with twelve digits, so that ids sort
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Who posted and pays
     */
    @ManyToOne_(() => Account, {nullable: true})
    client!: Account

    /**
     * Hardware class asked for
     */
    @IntColumn_({nullable: false})
    hardwareClass!: number

    /**
     * Number of shards
     */
    @IntColumn_({nullable: false})
    shardCount!: number

    /**
     * DPN wei per shard, fee included
     */
    @BigIntColumn_({nullable: false})
    pricePerShard!: bigint

    /**
     * Score a claiming node needs, basis points; 0 asks for none
     */
    @IntColumn_({nullable: false})
    minScoreBps!: number

    /**
     * Age in seconds up to which such a score counts
     */
    @BigIntColumn_({nullable: false})
    maxScoreAge!: bigint

    /**
     * Time by which shards must be delivered
     */
    @Index_()
    @DateTimeColumn_({nullable: false})
    deadline!: Date

    /**
     * Hash of the job's specification
     */
    @StringColumn_({nullable: false})
    specHash!: string

    /**
     * CURRENT standing
     */
    @Column_("varchar", {length: 9, nullable: false})
    status!: JobStatus

    /**
     * CURRENT number of shards that nobody has claimed; 0 once the job is closed
     */
    @Index_()
    @IntColumn_({nullable: false})
    openShardCount!: number

    /**
     * CURRENT number of shards claimed or submitted and not yet settled
     */
    @IntColumn_({nullable: false})
    activeShardCount!: number

    /**
     * CUMULATIVE number of shards accepted and paid
     */
    @IntColumn_({nullable: false})
    acceptedShardCount!: number

    /**
     * CUMULATIVE number of shards expired and refunded
     */
    @IntColumn_({nullable: false})
    expiredShardCount!: number

    /**
     * CUMULATIVE DPN wei paid to nodes
     */
    @BigIntColumn_({nullable: false})
    paid!: bigint

    /**
     * CUMULATIVE DPN wei paid to the treasury
     */
    @BigIntColumn_({nullable: false})
    fees!: bigint

    /**
     * CUMULATIVE DPN wei given back to the client
     */
    @BigIntColumn_({nullable: false})
    refunded!: bigint

    /**
     * CURRENT time at which the job was completed or cancelled; null while open
     */
    @DateTimeColumn_({nullable: true})
    closedAt!: Date | undefined | null

    /**
     * Shards that were claimed or expired; the others are open and have no row
     */
    @OneToMany_(() => JobShard, e => e.job)
    shards!: JobShard[]

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
     * Height of the block that posted the job
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the block that posted the job
     */
    @Index_()
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
