import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, StringColumn as StringColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {OracleEpoch} from "./oracleEpoch.model"
import {Reporter} from "./reporter.model"

/**
 * What a reporter posted about its measurements of an epoch, once. The id is epoch-reporter.
 */
@Index_(["epoch", "id"], {unique: false})
@Index_(["reporter", "id"], {unique: false})
@Entity_()
export class EvidenceAnchor {
    constructor(props?: Partial<EvidenceAnchor>) {
        Object.assign(this, props)
    }

    /**
     * Epoch with ten digits, a dash, the reporter's address
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Epoch measured
     */
    @ManyToOne_(() => OracleEpoch, {nullable: true})
    epoch!: OracleEpoch

    /**
     * Reporter that measured
     */
    @ManyToOne_(() => Reporter, {nullable: true})
    reporter!: Reporter

    /**
     * Merkle root over the epoch's transcripts
     */
    @StringColumn_({nullable: false})
    evidenceRoot!: string

    /**
     * Hash of all measurement words
     */
    @StringColumn_({nullable: false})
    measurementsHash!: string

    /**
     * Transaction of the anchor
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
