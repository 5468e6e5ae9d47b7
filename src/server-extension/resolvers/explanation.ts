import { Field, Float, Int, ObjectType } from 'type-graphql';
import { OracleChallenge } from './challenges';
import { upTo } from './cost';

/** Challenges of a node in an epoch that the cost is reckoned with. */
const CHALLENGES = 20;

@ObjectType({ description: 'How one epoch moved a score' })
export class EpochExplanation {
  @Field(() => Int, { description: 'Epoch' })
  epoch!: number;
  @Field(() => [String], { description: 'What happened, one sentence each' })
  words!: string[];
  @Field(() => String, {
    nullable: true,
    description: "This reporter's measurement: none, fail or pass; null before the epoch's end",
  })
  measured!: string | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Mean rate over the rounds that count, 1/10000 of the class reference',
  })
  measuredPerfBps!: number | null;
  @Field(() => String, {
    nullable: true,
    description: 'What the quorum said on-chain: none, pass or fail; null before the proof',
  })
  outcome!: string | null;
  @Field(() => Int, { nullable: true, description: 'Score before, basis points' })
  previousScoreBps!: number | null;
  @Field(() => Int, { nullable: true, description: 'Score after, basis points' })
  scoreBps!: number | null;
  @Field(() => [OracleChallenge], { description: "The node's challenges of the epoch", complexity: upTo(CHALLENGES) })
  challenges!: OracleChallenge[];
}

@ObjectType({ description: 'Why a node has the score it has' })
export class ScoreExplanation {
  @Field(() => Int, { description: 'Node' })
  nodeId!: number;
  @Field(() => String, { description: 'The score in words' })
  summary!: string;
  @Field(() => [String], { description: 'The same words, one sentence each' })
  words!: string[];
  @Field(() => Int, { description: 'Proven score, basis points' })
  scoreBps!: number;
  @Field(() => String, { description: 'unrated, provisional, established or failing' })
  status!: string;
  @Field(() => Date, {
    nullable: true,
    description: 'End of the epoch the score speaks of; null before the first proof',
  })
  observedAt!: Date | null;
  @Field(() => Int, { nullable: true, description: 'That epoch' })
  epoch!: number | null;
  @Field(() => Int, { description: 'Share of successful evidence, basis points' })
  reliabilityBps!: number;
  @Field(() => Int, { description: 'Smoothed rate that counts, basis points of the class reference, at most 10000' })
  performanceBps!: number;
  @Field(() => Float, { description: 'Passed epochs after decay' })
  passes!: number;
  @Field(() => Float, { description: 'Failed epochs after decay, weighted' })
  fails!: number;
  @Field(() => Int, { description: 'Epochs since the last vote' })
  idle!: number;
  @Field(() => String, {
    nullable: true,
    description: "What the node's hardware class lacks, so that the node is not challenged; null for an open class",
  })
  classClosedBecause!: string | null;
  @Field(() => [EpochExplanation], { description: 'Newest epoch first' })
  epochs!: EpochExplanation[];
}
