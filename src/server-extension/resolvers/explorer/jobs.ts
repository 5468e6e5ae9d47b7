import { BigInteger } from '@subsquid/graphql-server';
import { Arg, Field, Float, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Column, columnsOf } from '../column';
import { rowsCost } from '../cost';
import { IndexOnly, ordinal, type Transaction } from '../query';
import { networkState } from './network-state';
import { countedOf, DEFAULT_PAGE, type Listing, Page, readPage } from './page';
import { basisPoints, wei } from './values';

@InputType({ description: 'Which jobs; all that is given must hold' })
export class OpenJobFilter {
  @Field(() => Int, { nullable: true, description: 'Hardware class asked for' })
  hardwareClass?: number | null;
  @Field(() => Int, { nullable: true, description: 'Jobs that a node with this score may take, basis points' })
  scoreBps?: number | null;
  @Field(() => BigInteger, { nullable: true, description: 'Lowest price of a shard, DPN wei, fee included' })
  minPricePerShard?: bigint | null;
}

@ObjectType({ description: 'A job with shards that can be claimed' })
export class OpenJob {
  @Column(() => String, 'j.id', { description: 'Id of its row in jobs' })
  id!: string;
  @Column(() => BigInteger, '(j.id)::numeric', { description: 'Job id as contracts use it' })
  jobId!: string;
  @Column(() => String, 'j.client_id', { description: 'Who posted and pays' })
  client!: string;
  @Column(() => Int, 'j.hardware_class', { description: 'Hardware class asked for' })
  hardwareClass!: number;
  @Column(() => Int, 'j.shard_count', { description: 'Shards' })
  shardCount!: number;
  @Column(() => Int, 'j.open_shard_count', { description: 'Those that nobody has claimed' })
  openShardCount!: number;
  @Column(() => BigInteger, 'j.price_per_shard', { description: 'DPN wei per shard, fee included' })
  pricePerShard!: string;
  @Column(() => Int, 'j.min_score_bps', { description: 'Score that a claiming node needs; 0 asks for none' })
  minScoreBps!: number;
  @Column(() => Float, 'j.max_score_age', { description: 'Age up to which such a score counts, s' })
  maxScoreAge!: number;
  @Column(() => Date, 'j.deadline', { description: 'Time by which shards must be delivered' })
  deadline!: Date;
  @Column(() => Date, 'j.timestamp', { description: 'When it was posted' })
  postedAt!: Date;
}

@ObjectType({ description: 'Jobs with open shards, newest first' })
export class OpenJobPage extends Page {
  @Field(() => [OpenJob], { description: 'Jobs of the page' })
  rows!: OpenJob[];
}

@Resolver()
export class JobsResolver {
  constructor(private readonly tx: Transaction) {}

  @IndexOnly()
  @Query(() => OpenJobPage, {
    description: "Jobs with shards to claim, whose deadline is after the newest indexed block's time; newest first",
    complexity: rowsCost(DEFAULT_PAGE),
  })
  async openJobs(
    @Arg('filter', () => OpenJobFilter, { nullable: true, description: 'Only some of them' })
    filter: OpenJobFilter | null,
    @Arg('after', () => String, { nullable: true, description: 'endCursor of the page before' }) after: string | null,
    @Arg('limit', () => Int, { defaultValue: DEFAULT_PAGE, description: '1 to 100' }) limit: number,
  ): Promise<OpenJobPage> {
    const { nowSeconds } = await networkState(this.tx);
    const where = ["j.status = 'OPEN'", 'j.open_shard_count > 0', 'j.deadline > to_timestamp($1::bigint)'];
    const parameters: unknown[] = [(nowSeconds ?? 0n).toString()];
    const { hardwareClass, scoreBps, minPricePerShard } = filter ?? {};
    if (typeof hardwareClass === 'number') {
      parameters.push(ordinal('filter.hardwareClass', hardwareClass));
      where.push(`j.hardware_class = $${parameters.length}::int`);
    }
    if (typeof scoreBps === 'number') {
      parameters.push(basisPoints('filter.scoreBps', scoreBps));
      where.push(`j.min_score_bps <= $${parameters.length}::int`);
    }
    if (typeof minPricePerShard === 'bigint') {
      parameters.push(wei('filter.minPricePerShard', minPricePerShard));
      where.push(`j.price_per_shard >= $${parameters.length}::numeric`);
    }
    const listing: Listing = {
      columns: columnsOf(OpenJob),
      from: 'FROM job j',
      where,
      parameters,
      keys: [{ sql: 'j.id', type: 'text' }],
      direction: 'DESC',
    };
    const page = await readPage<OpenJob>(this.tx, listing, { after, limit });
    return Object.assign(new OpenJobPage(this.tx, page, countedOf(listing)), { rows: page.rows });
  }
}
