import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, StringColumn as StringColumn_, BigIntColumn as BigIntColumn_, BytesColumn as BytesColumn_, DateTimeColumn as DateTimeColumn_, BooleanColumn as BooleanColumn_, IntColumn as IntColumn_} from "@subsquid/typeorm-store"
import {GovernanceEventKind} from "./_governanceEventKind"

/**
 * Who may do what with the contracts: events of the AccessManager, and of contracts that got another one. What an event
 * does not speak of is null. The id is block-log.
 */
@Index_(["kind", "id"], {unique: false})
@Entity_()
export class GovernanceEvent {
    constructor(props?: Partial<GovernanceEvent>) {
        Object.assign(this, props)
    }

    /**
     * Block height and log index with leading zeros
     */
    @PrimaryColumn_()
    id!: string

    /**
     * What it was
     */
    @Column_("varchar", {length: 28, nullable: false})
    kind!: GovernanceEventKind

    /**
     * Name of the contract that said it
     */
    @StringColumn_({nullable: false})
    contract!: string

    /**
     * Role it is about; 0 administers everything, 18446744073709551615 is everybody's
     */
    @Index_()
    @BigIntColumn_({nullable: true})
    role!: bigint | undefined | null

    /**
     * Role that became its admin or guardian
     */
    @BigIntColumn_({nullable: true})
    byRole!: bigint | undefined | null

    /**
     * Account granted or revoked, caller of an operation, or new authority
     */
    @Index_()
    @StringColumn_({nullable: true})
    account!: string | undefined | null

    /**
     * Contract that it is about
     */
    @Index_()
    @StringColumn_({nullable: true})
    target!: string | undefined | null

    /**
     * Function that it is about, four bytes as hex
     */
    @StringColumn_({nullable: true})
    selector!: string | undefined | null

    /**
     * Operation that it is about
     */
    @Index_()
    @StringColumn_({nullable: true})
    operationId!: string | undefined | null

    /**
     * How often that operation had been scheduled
     */
    @BigIntColumn_({nullable: true})
    nonce!: bigint | undefined | null

    /**
     * Call data of the operation
     */
    @BytesColumn_({nullable: true})
    data!: Uint8Array | undefined | null

    /**
     * Delay in seconds of the grant, or of the target's or role's changes
     */
    @BigIntColumn_({nullable: true})
    delaySeconds!: bigint | undefined | null

    /**
     * When it takes effect, or from when the operation can be executed
     */
    @DateTimeColumn_({nullable: true})
    effectiveAt!: Date | undefined | null

    /**
     * Granted: whether the account was no member before
     */
    @BooleanColumn_({nullable: true})
    newMember!: boolean | undefined | null

    /**
     * Target closed or open
     */
    @BooleanColumn_({nullable: true})
    closed!: boolean | undefined | null

    /**
     * Label of the role
     */
    @StringColumn_({nullable: true})
    label!: string | undefined | null

    /**
     * Transaction
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
