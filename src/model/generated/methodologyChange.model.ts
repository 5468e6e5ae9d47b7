import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, StringColumn as StringColumn_, IntColumn as IntColumn_, Index as Index_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"

/**
 * A methodology as it was set, one replaced before its first epoch included. The id is block-log.
 */
@Entity_()
export class MethodologyChange {
    constructor(props?: Partial<MethodologyChange>) {
        Object.assign(this, props)
    }

    /**
     * Block height and log index with leading zeros
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Hash of the published methodology
     */
    @StringColumn_({nullable: false})
    methodologyHash!: string

    /**
     * First epoch it holds for, unless another was set for the same epoch later
     */
    @Index_()
    @IntColumn_({nullable: false})
    fromEpoch!: number

    /**
     * Decay of alpha and beta per epoch, 16.16 fixed point
     */
    @IntColumn_({nullable: false})
    lambda!: number

    /**
     * Weight of the newest performance, 16.16 fixed point
     */
    @IntColumn_({nullable: false})
    eta!: number

    /**
     * What one failed epoch adds to beta
     */
    @IntColumn_({nullable: false})
    failWeight!: number

    /**
     * Evidence a node starts against, 16.16 fixed point
     */
    @IntColumn_({nullable: false})
    priorWeight!: number

    /**
     * Reporters that must agree
     */
    @IntColumn_({nullable: false})
    quorum!: number

    /**
     * Epochs without a vote after which a node is unrated again
     */
    @IntColumn_({nullable: false})
    maxIdle!: number

    /**
     * alpha + beta from which a score counts as established, 16.16 fixed point
     */
    @IntColumn_({nullable: false})
    establishedAt!: number

    /**
     * Height of the block that set it
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the block that set it
     */
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
