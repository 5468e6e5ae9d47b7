import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {HardwareClass} from "./hardwareClass.model"

/**
 * A weight given to a hardware class. The id is block-log.
 */
@Index_(["hardwareClass", "id"], {unique: false})
@Entity_()
export class ClassWeightChange {
    constructor(props?: Partial<ClassWeightChange>) {
        Object.assign(this, props)
    }

    /**
     * Block height and log index with leading zeros
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Class
     */
    @ManyToOne_(() => HardwareClass, {nullable: true})
    hardwareClass!: HardwareClass

    /**
     * Weight, basis points
     */
    @IntColumn_({nullable: false})
    weightBps!: number

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
