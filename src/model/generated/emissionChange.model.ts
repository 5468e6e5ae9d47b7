import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, BigIntColumn as BigIntColumn_, DateTimeColumn as DateTimeColumn_, IntColumn as IntColumn_, Index as Index_} from "@subsquid/typeorm-store"

/**
 * A funding of the emission, or its prolongation by what had waited. The id is block-log.
 */
@Entity_()
export class EmissionChange {
    constructor(props?: Partial<EmissionChange>) {
        Object.assign(this, props)
    }

    /**
     * Block height and log index with leading zeros
     */
    @PrimaryColumn_()
    id!: string

    /**
     * DPN wei per second from this block on
     */
    @BigIntColumn_({nullable: false})
    emissionRate!: bigint

    /**
     * End of the emission
     */
    @DateTimeColumn_({nullable: false})
    endsAt!: Date

    /**
     * DPN wei put into the emission so far
     */
    @BigIntColumn_({nullable: false})
    funded!: bigint

    /**
     * DPN wei that wait, because no node had weight or no whole rate was left
     */
    @BigIntColumn_({nullable: false})
    undistributed!: bigint

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
