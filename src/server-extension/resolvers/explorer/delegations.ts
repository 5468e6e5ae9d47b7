import { BigInteger } from '@subsquid/graphql-server';
import { Arg, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { delegatorClaimable } from '../../../protocol/rewards/stream';
import { shareValue } from '../../../protocol/shares';
import { rowsCost } from '../cost';
import { IndexOnly, ordinal, type Transaction } from '../query';
import { type NetworkState, networkState } from './network-state';
import { countedOf, DEFAULT_PAGE, type Listing, Page, readPage } from './page';
import { type RewardColumns, rewardColumns, rewardsNow } from './rewards';
import { address, nodeKey } from './values';

@ObjectType({ description: "An account's stake in one node, and what it earned" })
export class DelegationSummary {
  @Field(() => String, { description: 'Id of its row in delegations' })
  id!: string;
  @Field(() => Int, { description: 'Node delegated to' })
  nodeId!: number;
  @Field(() => String, { description: 'Who delegates' })
  delegator!: string;
  @Field(() => BigInteger, { description: 'Shares; zero once all are given up' })
  shares!: string;
  @Field(() => BigInteger, { description: 'DPN wei that unbonding all of them would pay' })
  value!: bigint;
  @Field(() => BigInteger, {
    nullable: true,
    description:
      'DPN wei that can be claimed in the newest indexed block, exactly; null where an update of the index began after ' +
      'the last settlement',
  })
  claimable!: bigint | null;
  @Field(() => BigInteger, { description: 'DPN wei of rewards claimed so far' })
  claimed!: string;
  @Field(() => BigInteger, { description: 'DPN wei delegated so far' })
  deposited!: string;
  @Field(() => BigInteger, { description: 'DPN wei whose unbonding was started so far' })
  unbonded!: string;
  @Field(() => Date, { description: 'When the shares last changed' })
  changedAt!: Date;
}

@ObjectType({ description: 'Delegations' })
export class DelegationPage extends Page {
  @Field(() => [DelegationSummary], { description: 'Delegations of the page' })
  rows!: DelegationSummary[];
}

/** Columns that a summary is made from, as the driver gives them. */
export interface DelegationColumns extends RewardColumns {
  id: string;
  nodeId: number;
  delegator: string;
  shares: string;
  pendingRewards: string;
  rewardPerSharePaid: string | null;
  claimed: string;
  deposited: string;
  unbonded: string;
  changedAt: Date;
}

/** SELECT list of them, from FROM_DELEGATIONS. */
export const DELEGATION_COLUMNS = `d.id, n.node_id AS "nodeId", d.delegator_id AS delegator, d.shares,
  d.pending_rewards AS "pendingRewards", d.reward_per_share_paid AS "rewardPerSharePaid", d.claimed_rewards AS claimed,
  d.deposited, d.unbonded, d.timestamp AS "changedAt", ${rewardColumns('n')}`;
export const FROM_DELEGATIONS = 'FROM delegation d JOIN gpu_node n ON n.id = d.node_id';

/** DPN wei that a delegator can claim; null where it is not known. */
export function claimableOf(row: DelegationColumns, state: NetworkState): bigint | null {
  const now = rewardsNow(row, state);
  if (now === null || row.rewardPerSharePaid === null) return null;
  const { pendingRewards, rewardPerSharePaid, shares } = row;
  return delegatorClaimable(
    {
      pendingRewards: BigInt(pendingRewards),
      rewardPerSharePaid: BigInt(rewardPerSharePaid),
      shares: BigInt(shares),
    },
    now.rewardPerShare,
  );
}

function summaryOf(row: DelegationColumns, state: NetworkState): DelegationSummary {
  const { id, nodeId, delegator, shares, claimed, deposited, unbonded, changedAt } = row;
  const pool = { delegatedStake: BigInt(row.delegatedStake), totalShares: BigInt(row.totalShares) };
  return {
    ...{ id, nodeId, delegator, shares, claimed, deposited, unbonded, changedAt },
    value: shareValue(BigInt(shares), pool),
    claimable: claimableOf(row, state),
  };
}

@Resolver()
export class DelegationsResolver {
  constructor(private readonly tx: Transaction) {}

  @IndexOnly()
  @Query(() => DelegationPage, {
    description: 'Delegations of an account by node, those without shares included: something may be left to claim',
    complexity: rowsCost(DEFAULT_PAGE),
  })
  delegationsOf(
    @Arg('account', () => String, { description: 'Address of the delegator' }) account: string,
    @Arg('after', () => String, { nullable: true, description: 'endCursor of the page before' }) after: string | null,
    @Arg('limit', () => Int, { defaultValue: DEFAULT_PAGE, description: '1 to 100' }) limit: number,
  ): Promise<DelegationPage> {
    const listing: Listing = {
      columns: DELEGATION_COLUMNS,
      from: FROM_DELEGATIONS,
      where: ['d.delegator_id = $1'],
      parameters: [address('account', account)],
      keys: [{ sql: 'd.id', type: 'text' }],
      direction: 'ASC',
    };
    return this.read(listing, after, limit);
  }

  @IndexOnly()
  @Query(() => DelegationPage, {
    description: 'Delegations to a node with shares, the largest first',
    complexity: rowsCost(DEFAULT_PAGE),
  })
  delegatorsOf(
    @Arg('nodeId', () => Int, { description: 'Node delegated to' }) nodeId: number,
    @Arg('after', () => String, { nullable: true, description: 'endCursor of the page before' }) after: string | null,
    @Arg('limit', () => Int, { defaultValue: DEFAULT_PAGE, description: '1 to 100' }) limit: number,
  ): Promise<DelegationPage> {
    const listing: Listing = {
      columns: DELEGATION_COLUMNS,
      from: FROM_DELEGATIONS,
      where: ['d.node_id = $1', 'd.shares > 0'],
      parameters: [nodeKey(ordinal('nodeId', nodeId))],
      keys: [
        { sql: 'd.shares', type: 'numeric' },
        { sql: 'd.id', type: 'text' },
      ],
      direction: 'DESC',
    };
    return this.read(listing, after, limit);
  }

  private async read(listing: Listing, after: string | null, limit: number): Promise<DelegationPage> {
    const page = await readPage<DelegationColumns>(this.tx, listing, { after, limit });
    const state = await networkState(this.tx);
    const rows = page.rows.map((row) => summaryOf(row, state));
    return Object.assign(new DelegationPage(this.tx, page, countedOf(listing)), { rows });
  }
}
