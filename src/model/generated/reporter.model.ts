import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, IntColumn as IntColumn_, BigIntColumn as BigIntColumn_, OneToMany as OneToMany_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {ReporterTerm} from "./reporterTerm.model"
import {RoundAnchor} from "./roundAnchor.model"
import {EvidenceAnchor} from "./evidenceAnchor.model"

/**
 * An operator of the oracle. The id is its lower-case address.
 */
@Entity_()
export class Reporter {
    constructor(props?: Partial<Reporter>) {
        Object.assign(this, props)
    }

    /**
     * Lower-case address of the reporter's account
     */
    @PrimaryColumn_()
    id!: string

    /**
     * CURRENT slot in the reporter set
     */
    @IntColumn_({nullable: false})
    slot!: number

    /**
     * CURRENT Baby Jubjub key, x
     */
    @BigIntColumn_({nullable: false})
    keyX!: bigint

    /**
     * CURRENT Baby Jubjub key, y
     */
    @BigIntColumn_({nullable: false})
    keyY!: bigint

    /**
     * CURRENT first epoch of the term
     */
    @IntColumn_({nullable: false})
    activeFromEpoch!: number

    /**
     * CURRENT first epoch after the term; null while the term runs
     */
    @IntColumn_({nullable: true})
    retiredFromEpoch!: number | undefined | null

    /**
     * CUMULATIVE number of rounds anchored
     */
    @IntColumn_({nullable: false})
    roundCount!: number

    /**
     * CUMULATIVE number of epochs with anchored evidence
     */
    @IntColumn_({nullable: false})
    evidenceCount!: number

    /**
     * Terms, with the key of each
     */
    @OneToMany_(() => ReporterTerm, e => e.reporter)
    terms!: ReporterTerm[]

    /**
     * Rounds anchored
     */
    @OneToMany_(() => RoundAnchor, e => e.reporter)
    rounds!: RoundAnchor[]

    /**
     * Evidence anchored
     */
    @OneToMany_(() => EvidenceAnchor, e => e.reporter)
    evidence!: EvidenceAnchor[]

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
     * Height of the block of the last change of the term
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the block of the last change of the term
     */
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
