import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, StringColumn as StringColumn_, BigIntColumn as BigIntColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {ActivityKind} from "./_activityKind"
import {GpuNode} from "./gpuNode.model"
import {Account} from "./account.model"
import {Job} from "./job.model"

/**
 * One row per event, for feeds: what happened, to whom, where. The id is block-log, so ids sort by time.
 */
@Index_(["kind", "id"], {unique: false})
@Index_(["node", "id"], {unique: false})
@Index_(["account", "id"], {unique: false})
@Index_(["counterparty", "id"], {unique: false})
@Index_(["job", "id"], {unique: false})
@Entity_()
export class Activity {
    constructor(props?: Partial<Activity>) {
        Object.assign(this, props)
    }

    /**
     * Block height and log index with leading zeros
     */
    @PrimaryColumn_()
    id!: string

    /**
     * What happened
     */
    @Column_("varchar", {length: 27, nullable: false})
    kind!: ActivityKind

    /**
     * Node it is about; null when about none
     */
    @ManyToOne_(() => GpuNode, {nullable: true})
    node!: GpuNode | undefined | null

    /**
     * Account that acted; null when about none
     */
    @ManyToOne_(() => Account, {nullable: true})
    account!: Account | undefined | null

    /**
     * Other address of the event, such as the receiver of a transfer or a payment; null when there is none
     */
    @StringColumn_({nullable: true})
    counterparty!: string | undefined | null

    /**
     * Job it is about; null when about none
     */
    @ManyToOne_(() => Job, {nullable: true})
    job!: Job | undefined | null

    /**
     * DPN wei moved by the event; null when it moves none
     */
    @BigIntColumn_({nullable: true})
    amount!: bigint | undefined | null

    /**
     * Transaction
     */
    @Index_()
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
