import { BigInteger } from '@subsquid/graphql-server';
import { Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { epochAt, epochStart } from '../../../protocol/uptime';
import { Column, columnsOf } from '../column';
import { IndexOnly, rowsOf, type Transaction } from '../query';
import { Freshness } from './freshness';
import { FIGURES, type FigureColumns, levelsOf, NetworkFlows, NetworkLevels } from './network-figures';
import { DAY_SECONDS, dateOf, freshnessOf, type NetworkState, networkState, secondsOf } from './network-state';
import { flowsSince } from './series';

@ObjectType({ description: 'An epoch by the clock of the oracle contract' })
export class CurrentEpoch {
  @Field(() => Int, { description: 'Number' })
  number!: number;
  @Field(() => Date, { description: 'First moment of it' })
  startsAt!: Date;
  @Field(() => Date, { description: 'First moment after it' })
  endsAt!: Date;
}

@ObjectType({ description: 'What happened lately' })
export class RecentFlows {
  @Field(() => Date, { description: 'Since when: the end of the newest epoch that was over 24 hours ago' })
  fromAt!: Date;
  @Field(() => NetworkFlows, { description: 'Up to the newest indexed block' })
  flows!: NetworkFlows;
}

@ObjectType({ description: 'Emission, fees and what they came to' })
export class NetworkRewards {
  @Column(() => BigInteger, 'n.emission_rate', { description: 'DPN wei per second that stream to nodes' })
  emissionRate!: string;
  @Column(() => Date, 'n.emission_ends_at', {
    nullable: true,
    description: 'Until when; null before the first funding',
  })
  emissionEndsAt!: Date | null;
  @Column(() => BigInteger, 'n.emission_funded', { description: 'DPN wei put into the emission' })
  emissionFunded!: string;
  @Column(() => BigInteger, 'n.rewards_accrued', { description: 'DPN wei of rewards settled' })
  rewardsAccrued!: string;
  @Column(() => BigInteger, 'n.rewards_claimed', { description: 'DPN wei of rewards paid out' })
  rewardsClaimed!: string;
  @Column(() => BigInteger, 'n.stake_cap', {
    nullable: true,
    description: "DPN wei of a node's stake that count at most",
  })
  stakeCap!: string | null;
  @Column(() => Int, 'n.job_fee_bps', { nullable: true, description: "Market fee, basis points of a shard's price" })
  jobFeeBps!: number | null;
}

@ObjectType({ description: 'The whole network' })
export class NetworkOverview {
  @Field(() => NetworkLevels, { nullable: true, description: 'What stands; null before the first event' })
  levels!: NetworkLevels | null;
  @Field(() => NetworkFlows, { nullable: true, description: 'What happened since the beginning' })
  sums!: NetworkFlows | null;
  @Field(() => NetworkRewards, { nullable: true, description: 'Emission and fees' })
  rewards!: NetworkRewards | null;
  @Field(() => CurrentEpoch, {
    nullable: true,
    description:
      "Epoch of the chain's newest block; null until the contract's clock is in the index, or before epoch 0",
  })
  epoch!: CurrentEpoch | null;
  @Field(() => RecentFlows, {
    nullable: true,
    description:
      "What happened in the last 24 hours, from the series by epoch; null until the contract's clock is known",
  })
  last24h!: RecentFlows | null;
  @Field(() => Freshness, { description: 'How fresh this is' })
  freshness!: Freshness;
}

@Resolver()
export class OverviewResolver {
  constructor(private readonly tx: Transaction) {}

  @IndexOnly()
  @Query(() => Freshness, { description: 'How far the index is, and how old its newest scores are' })
  freshness(): Promise<Freshness> {
    return freshnessOf(this.tx);
  }

  @IndexOnly()
  @Query(() => NetworkOverview, { description: 'The whole network at a glance' })
  async overview(): Promise<NetworkOverview> {
    const state = await networkState(this.tx);
    const { freshness, nowSeconds } = state;
    const [row] = await rowsOf<FigureColumns & NetworkRewards>(
      this.tx,
      `SELECT ${FIGURES}, ${columnsOf(NetworkRewards)} FROM network n WHERE n.id = 'dpin'`,
    );
    return {
      levels: row ? levelsOf(row) : null,
      sums: row ?? null,
      rewards: row ?? null,
      epoch: currentEpoch(state),
      last24h: row && nowSeconds !== null ? await flowsSince(this.tx, state, nowSeconds - DAY_SECONDS, row) : null,
      freshness,
    };
  }
}

function currentEpoch({ clock, freshness }: NetworkState): CurrentEpoch | null {
  const chainSeconds = secondsOf(freshness.chainTime ?? freshness.indexedTime);
  if (clock === null || chainSeconds === null) return null;
  const number = epochAt(clock, chainSeconds);
  if (number < 0n) return null;
  const startsAt = dateOf(epochStart(clock, number));
  return { number: Number(number), startsAt, endsAt: dateOf(epochStart(clock, number + 1n)) };
}
