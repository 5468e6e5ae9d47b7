import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, IntColumn as IntColumn_, StringColumn as StringColumn_, DateTimeColumn as DateTimeColumn_, Index as Index_} from "@subsquid/typeorm-store"

/**
 * A fee of the job market, for jobs posted from then on. The id is block-log.
 */
@Entity_()
export class FeeChange {
    constructor(props?: Partial<FeeChange>) {
        Object.assign(this, props)
    }

    /**
     * Block height and log index with leading zeros
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Fee, basis points of a shard's price
     */
    @IntColumn_({nullable: false})
    feeBps!: number

    /**
     * Account that receives the fees
     */
    @StringColumn_({nullable: false})
    treasury!: string

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
