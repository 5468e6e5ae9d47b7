import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, IntColumn as IntColumn_, StringColumn as StringColumn_, DateTimeColumn as DateTimeColumn_, BigIntColumn as BigIntColumn_, BytesColumn as BytesColumn_, OneToMany as OneToMany_} from "@subsquid/typeorm-store"
import {OracleEpoch} from "./oracleEpoch.model"
import {ScoreChange} from "./scoreChange.model"

/**
 * A proven batch of 60 nodes. The id is epoch-batch.
 */
@Index_(["epoch", "batch"], {unique: false})
@Index_(["batch", "id"], {unique: false})
@Entity_()
export class OracleBatch {
    constructor(props?: Partial<OracleBatch>) {
        Object.assign(this, props)
    }

    /**
     * Epoch, a dash, the batch with ten digits
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Epoch whose measurements were proven
     */
    @ManyToOne_(() => OracleEpoch, {nullable: true})
    epoch!: OracleEpoch

    /**
     * Batch number; it holds nodeIds 60 x batch to 60 x batch + 59
     */
    @IntColumn_({nullable: false})
    batch!: number

    /**
     * Account that relayed the proof
     */
    @Index_()
    @StringColumn_({nullable: false})
    prover!: string

    /**
     * Bit i: the reporter in slot i signed
     */
    @IntColumn_({nullable: false})
    presence!: number

    /**
     * End of the epoch
     */
    @DateTimeColumn_({nullable: false})
    observedAt!: Date

    /**
     * Commitment of the 60 states before
     */
    @BigIntColumn_({nullable: false})
    oldCommitment!: bigint

    /**
     * Commitment of the 60 states after
     */
    @BigIntColumn_({nullable: false})
    newCommitment!: bigint

    /**
     * Four words of 15 scores as in the event, 32 bytes each, big-endian
     */
    @BytesColumn_({nullable: false})
    scoreWords!: Uint8Array

    /**
     * Thirty words of two packed states as in the event, 32 bytes each, big-endian; the next proof starts from them
     */
    @BytesColumn_({nullable: false})
    states!: Uint8Array

    /**
     * Number of registered nodes in the batch
     */
    @IntColumn_({nullable: false})
    nodeCount!: number

    /**
     * Transaction of the proof
     */
    @Index_()
    @StringColumn_({nullable: false})
    txHash!: string

    /**
     * Score changes by this batch
     */
    @OneToMany_(() => ScoreChange, e => e.batch)
    scoreChanges!: ScoreChange[]

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
