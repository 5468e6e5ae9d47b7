import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_, BigIntColumn as BigIntColumn_, BytesColumn as BytesColumn_} from "@subsquid/typeorm-store"

/**
 * What the oracle contract holds about 60 nodeIds in a row, registered or not. The id is the batch with ten digits.
 * A node that registers later starts from here.
 */
@Entity_()
export class BatchState {
    constructor(props?: Partial<BatchState>) {
        Object.assign(this, props)
    }

    /**
     * Batch with ten digits, so that ids sort
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Batch number; it holds nodeIds 60 x number to 60 x number + 59
     */
    @IntColumn_({nullable: false})
    number!: number

    /**
     * CURRENT epoch of the last proof
     */
    @IntColumn_({nullable: false})
    epoch!: number

    /**
     * CURRENT end of that epoch
     */
    @DateTimeColumn_({nullable: false})
    observedAt!: Date

    /**
     * CURRENT commitment of the 60 states; the next proof starts from it
     */
    @BigIntColumn_({nullable: false})
    commitment!: bigint

    /**
     * CURRENT four words of 15 scores, 32 bytes each, big-endian
     */
    @BytesColumn_({nullable: false})
    scoreWords!: Uint8Array

    /**
     * CURRENT thirty words of two packed states, 32 bytes each, big-endian
     */
    @BytesColumn_({nullable: false})
    states!: Uint8Array

    /**
     * CUMULATIVE number of proofs
     */
    @IntColumn_({nullable: false})
    proofCount!: number

    /**
     * Height of the block of the last proof
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the block of the last proof
     */
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
