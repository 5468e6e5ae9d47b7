import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({
  description:
    'How fresh an answer is, in the same state as the rest of it. Lags compare block with block: no clock of ours is in them',
})
export class Freshness {
  @Field(() => Int, { nullable: true, description: 'Newest block in the index; null before the first' })
  indexedBlock!: number | null;
  @Field(() => Date, { nullable: true, description: 'Time of that block' })
  indexedTime!: Date | null;
  @Field(() => Int, { nullable: true, description: 'Newest block that the indexer knows the chain to have' })
  chainBlock!: number | null;
  @Field(() => Date, { nullable: true, description: 'Time of that block' })
  chainTime!: Date | null;
  @Field(() => Date, {
    nullable: true,
    description:
      'When the indexer saw it, by its own clock; long ago: the indexer has stopped, and the lags say nothing',
  })
  chainSeenAt!: Date | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Blocks that the index was behind the chain at chainSeenAt; an indexer that stopped keeps it as it is',
  })
  lagBlocks!: number | null;
  @Field(() => Int, { nullable: true, description: 'Chain time between these two blocks, s; as of chainSeenAt, too' })
  lagSeconds!: number | null;
  @Field(() => Date, { nullable: true, description: 'Observation time of the newest proven scores; null before them' })
  newestScoreObservedAt!: Date | null;
  @Field(() => Int, { nullable: true, description: 'Epoch of these scores' })
  newestProvenEpoch!: number | null;
}
