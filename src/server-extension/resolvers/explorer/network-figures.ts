import { BigInteger } from '@subsquid/graphql-server';
import { Field, Int, ObjectType } from 'type-graphql';
import { meanScoreBps } from '../../../protocol/scoring/mean';
import { Column, columnsOf } from '../column';

/** Columns that network, network_day and network_epoch have alike stand here once. `n` is the table. */

@ObjectType({ description: 'The network at a time' })
export class NetworkLevels {
  @Column(() => BigInteger, 'n.total_supply', { description: 'DPN wei in existence' })
  totalSupply!: string;
  @Column(() => Int, 'n.holders', { description: 'Accounts with a balance above zero' })
  holders!: number;
  @Column(() => BigInteger, 'n.total_staked', { description: 'DPN wei bonded to nodes' })
  totalStaked!: string;
  @Column(() => BigInteger, 'n.total_unbonding', { description: 'DPN wei in unbonding locks not yet withdrawn' })
  totalUnbonding!: string;
  @Column(() => Int, 'n.delegation_count', { description: '(node, delegator) pairs with shares' })
  delegationCount!: number;
  @Column(() => Int, 'n.node_count', { description: 'Nodes ever registered' })
  nodeCount!: number;
  @Column(() => Int, 'n.certified_node_count', { description: 'Certified nodes' })
  certifiedNodeCount!: number;
  @Column(() => Int, 'n.retired_node_count', { description: 'Nodes taken out for good' })
  retiredNodeCount!: number;
  @Column(() => Int, 'n.unrated_node_count', { description: 'Nodes without a score, retired ones left out' })
  unratedNodeCount!: number;
  @Column(() => Int, 'n.provisional_node_count', { description: 'Nodes whose score is provisional' })
  provisionalNodeCount!: number;
  @Column(() => Int, 'n.established_node_count', { description: 'Nodes whose score is established' })
  establishedNodeCount!: number;
  @Column(() => Int, 'n.failing_node_count', { description: 'Nodes that are failing' })
  failingNodeCount!: number;
  @Column(() => BigInteger, 'n.score_sum_bps', { description: 'Sum of their scores, basis points' })
  scoreSumBps!: string;
  @Column(() => BigInteger, 'n.open_shard_count', { description: 'Shards of open jobs that nobody has claimed' })
  openShardCount!: string;
  @Column(() => BigInteger, 'n.escrowed', { description: 'DPN wei that the job market holds for open jobs' })
  escrowed!: string;
  @Column(() => BigInteger, 'n.total_weight', { description: "Sum of all nodes' emission weights" })
  totalWeight!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'Mean score of the nodes that have one (provisional, established, failing); null when none has',
  })
  get meanScoreBps(): number | null {
    const rated = this.provisionalNodeCount + this.establishedNodeCount + this.failingNodeCount;
    const mean = meanScoreBps(BigInt(this.scoreSumBps), BigInt(rated));
    return mean === null ? null : Number(mean);
  }
}

@ObjectType({ description: 'What happened in a time: how much each sum grew' })
export class NetworkFlows {
  @Column(() => BigInteger, 'n.transfer_count', { description: 'Token transfers, mints included' })
  transfers!: string | bigint;
  @Column(() => BigInteger, 'n.transfer_volume', { description: 'DPN wei moved by them' })
  transferVolume!: string | bigint;
  @Column(() => BigInteger, 'n.node_count', { description: 'Nodes registered' })
  nodesRegistered!: string | bigint;
  @Column(() => BigInteger, 'n.retired_node_count', { description: 'Nodes taken out for good' })
  nodesRetired!: string | bigint;
  @Column(() => BigInteger, 'n.job_count', { description: 'Jobs posted' })
  jobs!: string | bigint;
  @Column(() => BigInteger, 'n.completed_job_count', { description: 'Jobs completed' })
  jobsCompleted!: string | bigint;
  @Column(() => BigInteger, 'n.cancelled_job_count', { description: 'Jobs taken back' })
  jobsCancelled!: string | bigint;
  @Column(() => BigInteger, 'n.accepted_shard_count', { description: 'Shards accepted and paid' })
  shardsAccepted!: string | bigint;
  @Column(() => BigInteger, 'n.expired_shard_count', { description: 'Shards expired and refunded' })
  shardsExpired!: string | bigint;
  @Column(() => BigInteger, 'n.job_payments', { description: 'DPN wei paid to nodes for jobs' })
  jobPayments!: string | bigint;
  @Column(() => BigInteger, 'n.job_fees', { description: 'DPN wei of fees' })
  jobFees!: string | bigint;
  @Column(() => BigInteger, 'n.rewards_accrued', { description: 'DPN wei of rewards settled' })
  rewardsAccrued!: string | bigint;
  @Column(() => BigInteger, 'n.rewards_claimed', { description: 'DPN wei of rewards paid out' })
  rewardsClaimed!: string | bigint;
  @Column(() => BigInteger, 'n.round_count', { description: 'Rounds anchored' })
  rounds!: string | bigint;
  @Column(() => BigInteger, 'n.batch_count', { description: 'Score batches proven' })
  batches!: string | bigint;
}

/** Columns of both. */
export type FigureColumns = NetworkLevels & NetworkFlows;

/** SELECT list of them, from a table named n. */
export const FIGURES = `${columnsOf(NetworkLevels)}, ${columnsOf(NetworkFlows)}`;

const SUMS = [
  'transfers',
  'transferVolume',
  'nodesRegistered',
  'nodesRetired',
  'jobs',
  'jobsCompleted',
  'jobsCancelled',
  'shardsAccepted',
  'shardsExpired',
  'jobPayments',
  'jobFees',
  'rewardsAccrued',
  'rewardsClaimed',
  'rounds',
  'batches',
] as const satisfies readonly (keyof NetworkFlows)[];

/** The levels of a row. */
export function levelsOf(row: FigureColumns): NetworkLevels {
  return Object.assign(new NetworkLevels(), row);
}

/** What flowed between two rows. @param before null for the beginning of all */
export function flowsBetween(before: NetworkFlows | null, after: NetworkFlows): NetworkFlows {
  return Object.fromEntries(SUMS.map((sum) => [sum, BigInt(after[sum]) - BigInt(before?.[sum] ?? 0n)])) as never;
}
