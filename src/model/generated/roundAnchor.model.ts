import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, IntColumn as IntColumn_, ManyToOne as ManyToOne_, StringColumn as StringColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {Reporter} from "./reporter.model"

/**
 * An anchored measurement round. The id is the round with twelve digits; its reporter tells of it in the query rounds.
 */
@Index_(["reporter", "id"], {unique: false})
@Entity_()
export class RoundAnchor {
    constructor(props?: Partial<RoundAnchor>) {
        Object.assign(this, props)
    }

    /**
     * Round with twelve digits, so that ids sort
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Round number, counted from the oracle's genesis
     */
    @Index_()
    @IntColumn_({nullable: false})
    round!: number

    /**
     * Reporter that ran the round
     */
    @ManyToOne_(() => Reporter, {nullable: true})
    reporter!: Reporter

    /**
     * Newest block when the round opened
     */
    @IntColumn_({nullable: false})
    openBlock!: number

    /**
     * Hash of that block; the round's seed contains it
     */
    @StringColumn_({nullable: false})
    openBlockHash!: string

    /**
     * Merkle root over the nodes' commitments
     */
    @StringColumn_({nullable: false})
    root!: string

    /**
     * Number of commitments under the root; the contract takes at most 2^24
     */
    @IntColumn_({nullable: false})
    count!: number

    /**
     * Hash of the secret that the coins contain
     */
    @StringColumn_({nullable: false})
    coinHash!: string

    /**
     * CURRENT hash of the anchor block, pinned for contracts; null until somebody pins it
     */
    @StringColumn_({nullable: true})
    anchorBlockHash!: string | undefined | null

    /**
     * Transaction of the anchor
     */
    @Index_()
    @StringColumn_({nullable: false})
    txHash!: string

    /**
     * Height of the anchor block
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the anchor block
     */
    @Index_()
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
