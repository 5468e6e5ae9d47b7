import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, IntColumn as IntColumn_, Index as Index_, DateTimeColumn as DateTimeColumn_, OneToMany as OneToMany_} from "@subsquid/typeorm-store"
import {OracleBatch} from "./oracleBatch.model"
import {EvidenceAnchor} from "./evidenceAnchor.model"

/**
 * An epoch of which something is on-chain. The id is the epoch with ten digits.
 */
@Entity_()
export class OracleEpoch {
    constructor(props?: Partial<OracleEpoch>) {
        Object.assign(this, props)
    }

    /**
     * Epoch with ten digits, so that ids sort
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Epoch number
     */
    @Index_()
    @IntColumn_({nullable: false})
    number!: number

    /**
     * CURRENT end of the epoch, the time its scores speak of; null before the first proven batch
     */
    @DateTimeColumn_({nullable: true})
    observedAt!: Date | undefined | null

    /**
     * CUMULATIVE number of batches proven for the epoch
     */
    @IntColumn_({nullable: false})
    batchCount!: number

    /**
     * CUMULATIVE number of reporters that anchored evidence
     */
    @IntColumn_({nullable: false})
    evidenceCount!: number

    /**
     * CUMULATIVE number of nodes whose state changed by this epoch's proofs
     */
    @IntColumn_({nullable: false})
    changedNodeCount!: number

    /**
     * Proven batches
     */
    @OneToMany_(() => OracleBatch, e => e.epoch)
    batches!: OracleBatch[]

    /**
     * Anchored evidence
     */
    @OneToMany_(() => EvidenceAnchor, e => e.epoch)
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
