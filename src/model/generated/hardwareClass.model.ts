import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"

/**
 * A class of hardware and what it weighs in the emission. The id is the class number with two digits.
 */
@Entity_()
export class HardwareClass {
    constructor(props?: Partial<HardwareClass>) {
        Object.assign(this, props)
    }

    /**
     * Class number with two digits: 00 development, 01 integrated, 02 consumer, 03 datacentre
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Class number as contracts use it
     */
    @IntColumn_({nullable: false})
    number!: number

    /**
     * CURRENT weight of the class in the emission, basis points
     */
    @IntColumn_({nullable: false})
    weightBps!: number

    /**
     * Height of the block that set the weight
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the block that set the weight
     */
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
