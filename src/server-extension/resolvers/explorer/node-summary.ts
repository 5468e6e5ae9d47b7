import { BigInteger } from '@subsquid/graphql-server';
import { Field, Int, ObjectType } from 'type-graphql';
import { HARDWARE_CLASSES } from '../../../protocol/classes';
import { ScoreStatus } from './enums';
import type { NetworkState } from './network-state';
import { Apr, type NodeApr } from './node-apr';
import { type NodeUptime, Uptime } from './node-uptime';
import { type RewardColumns, rewardColumns, rewardsNow } from './rewards';

@ObjectType({ description: 'What most people ask of a node first' })
export class NodeSummary {
  @Field(() => String, { description: 'Id of its row in gpuNodes: nodeId with ten digits' })
  id!: string;
  @Field(() => Int, { description: 'nodeId as contracts use it' })
  nodeId!: number;
  @Field(() => String, { description: 'Account that registered the node' })
  operator!: string;
  @Field(() => Int, { description: 'Hardware class as its operator states it' })
  hardwareClass!: number;
  @Field(() => String, { description: 'Name of the class' })
  className!: string;
  @Field(() => Int, { description: 'GPUs that answer challenges' })
  devices!: number;
  @Field(() => String, { description: 'Region as the operator states it' })
  region!: string;
  @Field(() => Boolean, { description: 'True while the self-stake reaches the certification threshold' })
  certified!: boolean;
  @Field(() => Boolean, { description: 'True once the operator has taken the node out for good' })
  retired!: boolean;
  @Field(() => ScoreStatus, { description: 'Standing of the score' })
  status!: ScoreStatus;
  @Field(() => Int, { description: 'Proven score, basis points' })
  scoreBps!: number;
  @Field(() => Int, { nullable: true, description: 'Epoch of the score; null before the first proof' })
  scoreEpoch!: number | null;
  @Field(() => Date, { nullable: true, description: 'Time that the score speaks of: the end of that epoch' })
  scoreObservedAt!: Date | null;
  @Field(() => Int, { description: 'Epochs that the quorum called passed, ever' })
  passCount!: number;
  @Field(() => Int, { description: 'Epochs that the quorum called failed, ever' })
  failCount!: number;
  @Field(() => BigInteger, { description: "DPN wei of the operator's stake" })
  selfStake!: string;
  @Field(() => BigInteger, { description: 'DPN wei delegated' })
  delegatedStake!: string;
  @Field(() => BigInteger, { description: 'DPN wei of both' })
  totalStake!: string;
  @Field(() => BigInteger, {
    nullable: true,
    description:
      'DPN wei that can be staked until more of it adds no weight, so that all stake of the node earns less per wei',
  })
  stakeLeft!: bigint | null;
  @Field(() => Int, { description: 'Accounts with delegation shares' })
  delegatorCount!: number;
  @Field(() => BigInteger, { description: 'Weight in the emission' })
  weight!: string;
  @Field(() => Int, { description: "Operator's cut of the delegators' rewards, basis points" })
  commissionBps!: number;
  @Field(() => Int, { nullable: true, description: 'Commission announced, not yet applied; null when none is' })
  pendingCommissionBps!: number | null;
  @Field(() => Date, { nullable: true, description: 'From when it can be applied' })
  pendingCommissionAt!: Date | null;
  @Field(() => Uptime, { nullable: true, description: 'Epochs of 24 hours; null before the first proof' })
  uptime24h!: Uptime | null;
  @Field(() => Uptime, { nullable: true, description: 'Epochs of 7 days' })
  uptime7d!: Uptime | null;
  @Field(() => Uptime, { nullable: true, description: 'Epochs of 30 days' })
  uptime30d!: Uptime | null;
  @Field(() => Apr, {
    nullable: true,
    description: 'Yearly rate of delegators, net of commission; null before the first settlement, or without shares',
  })
  delegatorApr!: Apr | null;
  @Field(() => Apr, {
    nullable: true,
    description: 'Yearly rate of the operator, commission included; null before the first settlement',
  })
  operatorApr!: Apr | null;
  @Field(() => BigInteger, {
    nullable: true,
    description:
      'DPN wei that the operator can claim in the newest indexed block, exactly; null where an update of the index ' +
      'began after the last settlement',
  })
  operatorClaimable!: bigint | null;
  @Field(() => Int, { description: 'Shards claimed or submitted and not yet settled' })
  activeShardCount!: number;
  @Field(() => Date, { description: 'When it was registered' })
  registeredAt!: Date;
}

/** Columns of gpu_node that a summary is made from, as the driver gives them. */
export interface NodeColumns extends RewardColumns {
  id: string;
  nodeId: number;
  operator: string;
  hardwareClass: number;
  devices: number;
  region: string;
  certified: boolean;
  retired: boolean;
  status: ScoreStatus;
  scoreBps: number;
  scoreEpoch: number | null;
  scoreObservedAt: Date | null;
  passCount: number;
  failCount: number;
  totalStake: string;
  delegatorCount: number;
  pendingCommissionBps: number | null;
  pendingCommissionAt: Date | null;
  operatorRewardPerStake: string;
  activeShardCount: number;
  registeredAt: Date;
}

/** SELECT list of them, from the table gpu_node named n. */
export const NODE_COLUMNS = `n.id, n.node_id AS "nodeId", n.operator_id AS operator,
  n.hardware_class AS "hardwareClass", n.devices, n.region, n.certified, n.retired, n.score_status AS status,
  n.score_bps AS "scoreBps", n.score_epoch AS "scoreEpoch", n.score_updated_at AS "scoreObservedAt",
  n.pass_count AS "passCount", n.fail_count AS "failCount", n.total_stake AS "totalStake",
  n.delegator_count AS "delegatorCount", n.pending_commission_bps AS "pendingCommissionBps",
  n.pending_commission_at AS "pendingCommissionAt", n.operator_reward_per_stake AS "operatorRewardPerStake",
  n.active_shard_count AS "activeShardCount", n.timestamp AS "registeredAt", ${rewardColumns('n')}`;

/** What is known of a node beside its row. */
export interface BesideNode {
  uptime: NodeUptime;
  apr: NodeApr;
}

/** A summary from a node's row and what was looked up for it. */
export function summaryOf(node: NodeColumns, { uptime, apr }: BesideNode, state: NetworkState): NodeSummary {
  const { rewardPerWeightPaid: _, rewardPerShare: __, ...shown } = node;
  return {
    ...shown,
    className: HARDWARE_CLASSES.find(({ id }) => id === node.hardwareClass)?.name ?? 'unknown',
    stakeLeft: state.stakeCapWei === null ? null : leftOf(state.stakeCapWei, BigInt(node.totalStake)),
    ...uptime,
    ...apr,
    operatorClaimable: rewardsNow(node, state)?.operatorClaimable ?? null,
  };
}

const leftOf = (most: bigint, taken: bigint): bigint => (taken >= most ? 0n : most - taken);
