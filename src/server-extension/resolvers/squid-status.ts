import { Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { IndexOnly, rowsOf, type Transaction } from './query';

@ObjectType({ description: 'How far the index is' })
export class SquidStatus {
  @Field(() => Int, { nullable: true, description: 'The height of the last processed block' })
  height!: number | null;
  @Field(() => String, { nullable: true, description: 'The hash of the last processed block' })
  hash!: string | null;
  @Field(() => Int, { nullable: true, description: 'The height of the last processed finalized block' })
  finalizedHeight!: number | null;
  @Field(() => String, { nullable: true, description: 'The hash of the last processed finalized block' })
  finalizedHash!: string | null;
}

const STATUS_SQL = `
  SELECT f.height AS "finalizedHeight", f.hash AS "finalizedHash",
    coalesce(h.height, f.height) AS height, coalesce(h.hash, f.hash) AS hash
  FROM squid_processor.status f
  LEFT JOIN (SELECT height, hash FROM squid_processor.hot_block ORDER BY height DESC LIMIT 1) h ON true
  WHERE f.id = 0`;

/** The query every squid's API has; all fields are null before the indexer ever ran. */
@Resolver()
export class SquidStatusResolver {
  constructor(private readonly tx: Transaction) {}

  @IndexOnly()
  @Query(() => SquidStatus, { description: 'Newest block in the index, in the same state as the rest of the answer' })
  async squidStatus(): Promise<SquidStatus> {
    const nothing = { height: null, hash: null, finalizedHeight: null, finalizedHash: null };
    const [known] = await rowsOf<{ there: boolean }>(
      this.tx,
      "SELECT to_regclass('squid_processor.status') IS NOT NULL AS there",
    );
    if (!known?.there) return nothing;
    const [row] = await rowsOf<SquidStatus>(this.tx, STATUS_SQL);
    return row ?? nothing;
  }
}
