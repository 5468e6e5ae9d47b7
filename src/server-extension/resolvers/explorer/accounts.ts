import { BigInteger } from '@subsquid/graphql-server';
import { Arg, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Column, columnsOf } from '../column';
import { rowsCost, upTo } from '../cost';
import { rowsOf, select, type Transaction } from '../query';
import { claimableOf, DELEGATION_COLUMNS, type DelegationColumns, FROM_DELEGATIONS } from './delegations';
import { ScoreStatus } from './enums';
import { Freshness } from './freshness';
import { LockSummary } from './locks';
import { type NetworkState, networkState } from './network-state';
import { countedOf, DEFAULT_PAGE, type Listing, Page, readPage } from './page';
import { type RewardColumns, rewardColumns, rewardsNow } from './rewards';
import { address } from './values';

/** Delegations whose rewards are added up. */
const MOST_ADDED_UP = 1_000;
const MOST_NODES = 100;
const MOST_LOCKS = 25;

@ObjectType({ description: 'A node as its operator looks at it' })
export class OperatedNode {
  @Field(() => Int, { description: 'nodeId as contracts use it' })
  nodeId!: number;
  @Field(() => ScoreStatus, { description: 'Standing of the score' })
  status!: ScoreStatus;
  @Field(() => Int, { description: 'Proven score, basis points' })
  scoreBps!: number;
  @Field(() => Boolean, { description: 'True once it is out for good' })
  retired!: boolean;
  @Field(() => BigInteger, { description: 'DPN wei of stake, self-stake and delegations' })
  totalStake!: string;
  @Field(() => BigInteger, {
    nullable: true,
    description:
      'DPN wei that the operator can claim in the newest indexed block; null where an update of the index began after ' +
      'the last settlement',
  })
  claimable!: bigint | null;
}

type OperatedRow = Omit<OperatedNode, 'claimable'> & RewardColumns;

interface AccountRow {
  address: string;
  balance: string;
  votes: string;
  votesDelegate: string | null;
  transferCount: number;
  delegationCount: number;
  unbonding: string;
  claimedRewards: string;
  jobCount: number;
  firstSeenAt: Date;
}

const ACCOUNT_COLUMNS = `a.id AS address, a.balance, a.votes, a.votes_delegate AS "votesDelegate",
  a.transfer_count AS "transferCount", a.delegation_count AS "delegationCount", a.unbonding,
  a.claimed_rewards AS "claimedRewards", a.job_count AS "jobCount", a.timestamp AS "firstSeenAt"`;

@ObjectType({ description: 'What an account holds, staked and earned' })
export class AccountSummary {
  constructor(
    private readonly tx: Transaction,
    private readonly state: NetworkState,
    row: AccountRow,
  ) {
    Object.assign(this, row);
  }

  @Field(() => String, { description: 'Lower-case address' })
  address!: string;
  @Field(() => BigInteger, { description: 'DPN wei held' })
  balance!: string;
  @Field(() => BigInteger, { description: 'DPN wei of votes delegated to it' })
  votes!: string;
  @Field(() => String, { nullable: true, description: 'Who has its own votes; null when nobody' })
  votesDelegate!: string | null;
  @Field(() => Int, { description: 'Transfers in and out' })
  transferCount!: number;
  @Field(() => Int, { description: 'Nodes it holds delegation shares in; list them with delegationsOf' })
  delegationCount!: number;
  @Field(() => BigInteger, { description: 'DPN wei in unbonding locks not yet withdrawn' })
  unbonding!: string;
  @Field(() => BigInteger, { description: 'DPN wei of rewards claimed so far' })
  claimedRewards!: string;
  @Field(() => Int, { description: 'Jobs posted' })
  jobCount!: number;
  @Field(() => Date, { description: 'When the address was first seen' })
  firstSeenAt!: Date;

  @Field(() => BigInteger, {
    nullable: true,
    description:
      'DPN wei that it can claim as a delegator in the newest indexed block, all nodes together; null where that of ' +
      `one is not known, or with more than ${MOST_ADDED_UP} delegations`,
  })
  async claimableAsDelegator(): Promise<bigint | null> {
    const rows = await rowsOf<DelegationColumns>(
      this.tx,
      `SELECT ${DELEGATION_COLUMNS} ${FROM_DELEGATIONS} WHERE d.delegator_id = $1 LIMIT ${MOST_ADDED_UP + 1}`,
      [this.address],
    );
    if (rows.length > MOST_ADDED_UP) return null;
    return sumOf(rows.map((row) => claimableOf(row, this.state)));
  }

  @Field(() => [OperatedNode], {
    description: `The first ${MOST_NODES} nodes that it operates; list all with nodes(filter: {operator: …})`,
    complexity: upTo(MOST_NODES),
  })
  async nodes(): Promise<OperatedNode[]> {
    const rows = await rowsOf<OperatedRow>(
      this.tx,
      `SELECT n.node_id AS "nodeId", n.score_status AS status, n.score_bps AS "scoreBps", n.retired,
         n.total_stake AS "totalStake", ${rewardColumns('n')}
       FROM gpu_node n WHERE n.operator_id = $1 ORDER BY n.id LIMIT ${MOST_NODES}`,
      [this.address],
    );
    return rows.map((row) => ({ ...row, claimable: rewardsNow(row, this.state)?.operatorClaimable ?? null }));
  }

  @Field(() => [LockSummary], {
    description: `The newest ${MOST_LOCKS} unbonding locks; page through all with locksOf`,
    complexity: upTo(MOST_LOCKS),
  })
  locks(): Promise<LockSummary[]> {
    return select(
      this.tx,
      LockSummary,
      `FROM unbonding_lock l WHERE l.owner_id = $1 ORDER BY l.id DESC LIMIT ${MOST_LOCKS}`,
      [this.address],
    );
  }

  @Field(() => Freshness, { description: 'How fresh this is' })
  freshness(): Freshness {
    return this.state.freshness;
  }
}

@ObjectType({ description: 'An account by its balance' })
export class Holder {
  @Column(() => String, 'a.id', { description: 'Lower-case address' })
  address!: string;
  @Column(() => BigInteger, 'a.balance', { description: 'DPN wei held' })
  balance!: string;
  @Column(() => BigInteger, 'a.votes', { description: 'DPN wei of votes delegated to it' })
  votes!: string;
  @Column(() => Int, 'a.delegation_count', { description: 'Nodes it holds delegation shares in' })
  delegationCount!: number;
  @Column(() => Int, 'a.transfer_count', { description: 'Transfers in and out' })
  transferCount!: number;
}

@ObjectType({ description: 'Accounts with a balance, the largest first' })
export class HolderPage extends Page {
  @Field(() => [Holder], { description: 'Accounts of the page' })
  rows!: Holder[];
}

@Resolver()
export class AccountsResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => AccountSummary, {
    nullable: true,
    description: 'An account by its address; null when no event named it',
  })
  async account(@Arg('address', () => String, { description: 'In any case' }) given: string) {
    const id = address('address', given);
    const [row] = await rowsOf<AccountRow>(this.tx, `SELECT ${ACCOUNT_COLUMNS} FROM account a WHERE a.id = $1`, [id]);
    return row ? new AccountSummary(this.tx, await networkState(this.tx), row) : null;
  }

  @Query(() => HolderPage, {
    description: 'Accounts with a balance, the largest first',
    complexity: rowsCost(DEFAULT_PAGE),
  })
  async holders(
    @Arg('after', () => String, { nullable: true, description: 'endCursor of the page before' }) after: string | null,
    @Arg('limit', () => Int, { defaultValue: DEFAULT_PAGE, description: '1 to 100' }) limit: number,
  ): Promise<HolderPage> {
    const listing: Listing = {
      columns: columnsOf(Holder),
      from: 'FROM account a',
      where: ['a.balance > 0'],
      parameters: [],
      keys: [
        { sql: 'a.balance', type: 'numeric' },
        { sql: 'a.id', type: 'text' },
      ],
      direction: 'DESC',
    };
    const page = await readPage<Holder>(this.tx, listing, { after, limit });
    return Object.assign(new HolderPage(this.tx, page, countedOf(listing)), { rows: page.rows });
  }
}

/** null when one of them is. */
function sumOf(amounts: readonly (bigint | null)[]): bigint | null {
  let sum = 0n;
  for (const amount of amounts) {
    if (amount === null) return null;
    sum += amount;
  }
  return sum;
}
