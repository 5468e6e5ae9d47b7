import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, IntColumn as IntColumn_, BigIntColumn as BigIntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {Reporter} from "./reporter.model"

/**
 * One term of a reporter in a slot, with the key it signed with. The id is reporter-block-log of its beginning.
 */
@Index_(["reporter", "id"], {unique: false})
@Entity_()
export class ReporterTerm {
    constructor(props?: Partial<ReporterTerm>) {
        Object.assign(this, props)
    }

    /**
     * Reporter's address, a dash, block height and log index of the event that began the term
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Whose term it is
     */
    @ManyToOne_(() => Reporter, {nullable: true})
    reporter!: Reporter

    /**
     * Slot in the reporter set
     */
    @IntColumn_({nullable: false})
    slot!: number

    /**
     * Baby Jubjub key, x
     */
    @BigIntColumn_({nullable: false})
    keyX!: bigint

    /**
     * Baby Jubjub key, y
     */
    @BigIntColumn_({nullable: false})
    keyY!: bigint

    /**
     * First epoch of the term
     */
    @Index_()
    @IntColumn_({nullable: false})
    activeFromEpoch!: number

    /**
     * CURRENT first epoch after the term; null while it runs
     */
    @IntColumn_({nullable: true})
    retiredFromEpoch!: number | undefined | null

    /**
     * Height of the block that began it
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the block that began it
     */
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
