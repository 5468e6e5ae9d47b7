import { Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import { Column } from '../column';
import { upTo } from '../cost';
import { IndexOnly, rowsOf, select, type Transaction } from '../query';
import { Freshness } from './freshness';
import { freshnessOf } from './network-state';

/** One constant of a contract, as the indexer writes it. */
const CONSTANT = z.object({
  contract: z.string().max(100),
  name: z.string().max(100),
  value: z.string().max(200),
  unit: z.string().max(200),
});
const CONSTANTS = z.array(CONSTANT).max(1_000);

@ObjectType({ description: 'A contract of the network' })
export class NetworkContract {
  @Field(() => String, { description: 'Its name' })
  name!: string;
  @Field(() => String, { description: 'Its address' })
  address!: string;
  @Field(() => Int, { nullable: true, description: 'Block from which the index follows it; null when it does not' })
  fromBlock!: number | null;
}

@ObjectType({ description: 'A value that a contract fixed for good' })
export class NetworkConstant {
  @Field(() => String, { description: 'Contract' })
  contract!: string;
  @Field(() => String, { description: 'Name in the contract' })
  name!: string;
  @Field(() => String, { description: 'Decimal digits, or an address' })
  value!: string;
  @Field(() => String, { description: 'What it counts' })
  unit!: string;
}

@ObjectType({ description: 'The newest methodology: the formula of the score and its parameters' })
export class NewestMethodology {
  @Column(() => String, 'm.methodology_hash', { description: 'Hash of the published text' })
  methodologyHash!: string;
  @Column(() => Int, 'm.from_epoch', { description: 'First epoch it holds for' })
  fromEpoch!: number;
  @Column(() => Int, 'm.lambda', { description: 'Decay of alpha and beta per epoch, 16.16 fixed point' })
  lambda!: number;
  @Column(() => Int, 'm.eta', { description: 'Weight of the newest performance, 16.16 fixed point' })
  eta!: number;
  @Column(() => Int, 'm.fail_weight', { description: 'What one failed epoch adds to beta' })
  failWeight!: number;
  @Column(() => Int, 'm.prior_weight', { description: 'Evidence a node starts against, 16.16 fixed point' })
  priorWeight!: number;
  @Column(() => Int, 'm.quorum', { description: 'Reporters that must agree' })
  quorum!: number;
  @Column(() => Int, 'm.max_idle', { description: 'Epochs without a vote after which a node is unrated again' })
  maxIdle!: number;
  @Column(() => Int, 'm.established_at', { description: 'alpha + beta from which a score is established, 16.16' })
  establishedAt!: number;
}

@ObjectType({ description: 'What a network is made of' })
export class NetworkConstants {
  @Field(() => String, { nullable: true, description: 'Chain id; null before the indexer ever ran' })
  chainId!: string | null;
  @Field(() => String, { nullable: true, description: 'Hash of block 0' })
  genesisHash!: string | null;
  @Field(() => [NetworkContract], { description: 'Contracts', complexity: upTo(20) })
  contracts!: NetworkContract[];
  @Field(() => [NetworkConstant], { description: 'Constants of the contracts', complexity: upTo(100) })
  constants!: NetworkConstant[];
  @Field(() => NewestMethodology, { nullable: true, description: 'null before the first' })
  methodology!: NewestMethodology | null;
  @Field(() => Freshness, { description: 'How fresh this is' })
  freshness!: Freshness;
}

const CONTRACTS = z.record(z.string(), z.object({ address: z.string(), fromBlock: z.number().nullish() }).nullable());

@Resolver()
export class ConstantsResolver {
  constructor(private readonly tx: Transaction) {}

  @IndexOnly()
  @Query(() => NetworkConstants, { description: 'Chain, contracts and every constant of them' })
  async networkConstants(): Promise<NetworkConstants> {
    const { hasMark, hasConstants } = await this.tables();
    const [mark] = hasMark
      ? await rowsOf<{ chainId: string; genesisHash: string; contracts: unknown }>(
          this.tx,
          `SELECT chain_id::text AS "chainId", genesis_hash AS "genesisHash", contracts
           FROM squid_processor.network_mark LIMIT 1`,
        )
      : [];
    const [row] = hasConstants
      ? await rowsOf<{ constants: unknown }>(this.tx, 'SELECT constants FROM squid_processor.network_constants')
      : [];
    const [methodology] = await select(
      this.tx,
      NewestMethodology,
      'FROM methodology m ORDER BY m.from_epoch DESC LIMIT 1',
    );
    const contracts = CONTRACTS.parse(mark?.contracts ?? {});
    return {
      chainId: mark?.chainId ?? null,
      genesisHash: mark?.genesisHash ?? null,
      contracts: Object.entries(contracts).flatMap(([name, found]) =>
        found ? [{ name, address: found.address, fromBlock: found.fromBlock ?? null }] : [],
      ),
      constants: CONSTANTS.parse(row?.constants ?? []),
      methodology: methodology ?? null,
      freshness: await freshnessOf(this.tx),
    };
  }

  private async tables(): Promise<{ hasMark: boolean; hasConstants: boolean }> {
    const [found] = await rowsOf<{ hasMark: boolean; hasConstants: boolean }>(
      this.tx,
      `SELECT to_regclass('squid_processor.network_mark') IS NOT NULL AS "hasMark",
         to_regclass('squid_processor.network_constants') IS NOT NULL AS "hasConstants"`,
    );
    return found ?? { hasMark: false, hasConstants: false };
  }
}
