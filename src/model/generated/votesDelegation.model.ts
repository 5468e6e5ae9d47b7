import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, StringColumn as StringColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {Account} from "./account.model"

/**
 * An account gave its votes to another, or took them back. The id is block-log.
 */
@Index_(["account", "id"], {unique: false})
@Entity_()
export class VotesDelegation {
    constructor(props?: Partial<VotesDelegation>) {
        Object.assign(this, props)
    }

    /**
     * Block height and log index with leading zeros
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Whose votes they are
     */
    @ManyToOne_(() => Account, {nullable: true})
    account!: Account

    /**
     * Who had them before; null when nobody
     */
    @StringColumn_({nullable: true})
    fromDelegate!: string | undefined | null

    /**
     * Who has them from this block on; null when nobody
     */
    @Index_()
    @StringColumn_({nullable: true})
    toDelegate!: string | undefined | null

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
