import {Entity as Entity_, Column as Column_, PrimaryColumn as PrimaryColumn_, Index as Index_, ManyToOne as ManyToOne_, BigIntColumn as BigIntColumn_, IntColumn as IntColumn_, DateTimeColumn as DateTimeColumn_} from "@subsquid/typeorm-store"
import {StakeChangeKind} from "./_stakeChangeKind"
import {GpuNode} from "./gpuNode.model"
import {Account} from "./account.model"
import {UnbondingLock} from "./unbondingLock.model"

/**
 * A deposit or a start of unbonding, and what it left. The id is block-log.
 */
@Index_(["node", "id"], {unique: false})
@Index_(["account", "id"], {unique: false})
@Entity_()
export class StakeChange {
    constructor(props?: Partial<StakeChange>) {
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
    @Column_("varchar", {length: 13, nullable: false})
    kind!: StakeChangeKind

    /**
     * Node whose stake changed
     */
    @ManyToOne_(() => GpuNode, {nullable: true})
    node!: GpuNode

    /**
     * The operator, or the delegator
     */
    @ManyToOne_(() => Account, {nullable: true})
    account!: Account

    /**
     * DPN wei that came or went
     */
    @BigIntColumn_({nullable: false})
    amount!: bigint

    /**
     * Delegation shares received or given up; zero for self-stake
     */
    @BigIntColumn_({nullable: false})
    shares!: bigint

    /**
     * Shares the account holds in the node after it
     */
    @BigIntColumn_({nullable: false})
    accountShares!: bigint

    /**
     * The node's self-stake after it, DPN wei
     */
    @BigIntColumn_({nullable: false})
    selfStake!: bigint

    /**
     * DPN wei behind all delegation shares after it
     */
    @BigIntColumn_({nullable: false})
    delegatedStake!: bigint

    /**
     * Delegation shares outstanding after it
     */
    @BigIntColumn_({nullable: false})
    totalShares!: bigint

    /**
     * Lock in which the stake waits; null for deposits
     */
    @Index_()
    @ManyToOne_(() => UnbondingLock, {nullable: true})
    lock!: UnbondingLock | undefined | null

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
