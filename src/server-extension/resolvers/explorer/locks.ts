import { BigInteger } from '@subsquid/graphql-server';
import { Arg, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Column, columnsOf } from '../column';
import { rowsCost } from '../cost';
import { IndexOnly, type Transaction } from '../query';
import { countedOf, DEFAULT_PAGE, type Listing, Page, readPage } from './page';
import { address } from './values';

@ObjectType({ description: 'Stake on its way out' })
export class LockSummary {
  @Column(() => String, 'l.id', { description: 'Id of its row in unbondingLocks' })
  id!: string;
  @Column(() => Int, '(l.node_id)::int', { description: 'Node the stake was bonded to' })
  nodeId!: number;
  @Column(() => Boolean, 'l.is_self_stake', { description: "True: the operator's own stake; false: a delegation" })
  isSelfStake!: boolean;
  @Column(() => BigInteger, 'l.amount', { description: 'DPN wei that come back' })
  amount!: string;
  @Column(() => Date, 'l.timestamp', { description: 'When unbonding started' })
  startedAt!: Date;
  @Column(() => Date, 'l.withdrawable_at', { description: 'From when it can be withdrawn' })
  withdrawableAt!: Date;
  @Column(() => Date, 'l.withdrawn_at', { nullable: true, description: 'When it was; null while it waits' })
  withdrawnAt!: Date | null;
}

@ObjectType({ description: 'Unbonding locks, newest first' })
export class LockPage extends Page {
  @Field(() => [LockSummary], { description: 'Locks of the page' })
  rows!: LockSummary[];
}

@Resolver()
export class LocksResolver {
  constructor(private readonly tx: Transaction) {}

  @IndexOnly()
  @Query(() => LockPage, {
    description: 'Unbonding locks of an account, newest first',
    complexity: rowsCost(DEFAULT_PAGE),
  })
  async locksOf(
    @Arg('account', () => String, { description: 'Address of the owner' }) account: string,
    @Arg('after', () => String, { nullable: true, description: 'endCursor of the page before' }) after: string | null,
    @Arg('limit', () => Int, { defaultValue: DEFAULT_PAGE, description: '1 to 100' }) limit: number,
  ): Promise<LockPage> {
    const listing: Listing = {
      columns: columnsOf(LockSummary),
      from: 'FROM unbonding_lock l',
      where: ['l.owner_id = $1'],
      parameters: [address('account', account)],
      keys: [{ sql: 'l.id', type: 'text' }],
      direction: 'DESC',
    };
    const page = await readPage<LockSummary>(this.tx, listing, { after, limit });
    return Object.assign(new LockPage(this.tx, page, countedOf(listing)), { rows: page.rows });
  }
}
