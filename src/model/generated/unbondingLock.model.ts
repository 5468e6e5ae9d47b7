import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, BooleanColumn as BooleanColumn_, BigIntColumn as BigIntColumn_, DateTimeColumn as DateTimeColumn_, IntColumn as IntColumn_} from "@subsquid/typeorm-store"
import {GpuNode} from "./gpuNode.model"
import {Account} from "./account.model"

/**
 * Stake on its way out. The id is the contract's lock id with twelve digits.
 */
@Index_(["node", "id"], {unique: false})
@Index_(["owner", "id"], {unique: false})
@Entity_()
export class UnbondingLock {
    constructor(props?: Partial<UnbondingLock>) {
        Object.assign(this, props)
    }

    /**
     * Lock id with twelve digits, so that ids sort
     */
    @PrimaryColumn_()
    id!: string

    /**
     * Node the stake was bonded to
     */
    @ManyToOne_(() => GpuNode, {nullable: true})
    node!: GpuNode

    /**
     * Who gets the stake back
     */
    @ManyToOne_(() => Account, {nullable: true})
    owner!: Account

    /**
     * True: the operator's own stake; false: delegation shares
     */
    @BooleanColumn_({nullable: false})
    isSelfStake!: boolean

    /**
     * Delegation shares given up; zero for self-stake
     */
    @BigIntColumn_({nullable: false})
    shares!: bigint

    /**
     * DPN wei that come back
     */
    @BigIntColumn_({nullable: false})
    amount!: bigint

    /**
     * Time from which the stake can be withdrawn
     */
    @Index_()
    @DateTimeColumn_({nullable: false})
    withdrawableAt!: Date

    /**
     * CURRENT time of the withdrawal; null while the stake waits
     */
    @DateTimeColumn_({nullable: true})
    withdrawnAt!: Date | undefined | null

    /**
     * Height of the block in which unbonding started
     */
    @IntColumn_({nullable: false})
    block!: number

    /**
     * Time of the block in which unbonding started
     */
    @Index_()
    @DateTimeColumn_({nullable: false})
    timestamp!: Date
}
