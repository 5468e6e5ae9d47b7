import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, IntColumn as IntColumn_, BigIntColumn as BigIntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {GpuNode} from "./gpuNode.model"
import {OracleBatch} from "./oracleBatch.model"
import {ScoreOutcome} from "./_scoreOutcome"
import {ScoreStatus} from "./_scoreStatus"

/**
 * A verdict of the quorum on a node, or a proven change of its score or of the state behind it. The id is node-epoch.
 */
@Index_(["node", "id"], {unique: false})
@Index_(["batch", "id"], {unique: false})
@Entity_()
export class ScoreChange {
    constructor(props?: Partial<ScoreChange>) {
        Object.assign(this, props)
    }

    /**
     * Node id, a dash, the epoch with ten digits
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Node scored
     */
    @ManyToOne_(() => GpuNode, {nullable: true})
    node!: GpuNode

    /**
     * Proof it comes from
     */
    @ManyToOne_(() => OracleBatch, {nullable: true})
    batch!: OracleBatch

    /**
     * Epoch whose measurements were proven
     */
    @Index_()
    @IntColumn_({nullable: false})
    epoch!: number

    /**
     * What the quorum said about the node in that epoch, read from the states
     */
    @Column_("varchar", {length: 4, nullable: false})
    outcome!: ScoreOutcome

    /**
     * Score before, basis points
     */
    @IntColumn_({nullable: false})
    previousScoreBps!: number

    /**
     * Score after, basis points
     */
    @IntColumn_({nullable: false})
    scoreBps!: number

    /**
     * Standing before
     */
    @Column_("varchar", {length: 11, nullable: false})
    previousStatus!: ScoreStatus

    /**
     * Standing after
     */
    @Column_("varchar", {length: 11, nullable: false})
    status!: ScoreStatus

    /**
     * Decayed count of passed epochs after, 16.16 fixed point
     */
    @BigIntColumn_({nullable: false})
    alpha!: bigint

    /**
     * Decayed, weighted count of failed epochs after, 16.16 fixed point
     */
    @BigIntColumn_({nullable: false})
    beta!: bigint

    /**
     * Smoothed performance after in basis points, 16.16 fixed point
     */
    @BigIntColumn_({nullable: false})
    perf!: bigint

    /**
     * Epochs since the last vote after
     */
    @IntColumn_({nullable: false})
    idle!: number

    /**
     * Epochs of the node that the quorum called passed, this one included
     */
    @IntColumn_({nullable: false})
    passCount!: number

    /**
     * Epochs of the node that the quorum called failed, this one included
     */
    @IntColumn_({nullable: false})
    failCount!: number

    /**
     * End of the epoch
     */
    @DateTimeColumn_({nullable: false})
    observedAt!: Date

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
