import { BigInteger } from '@subsquid/graphql-server';
import { Arg, Field, InputType, Int, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { inputError } from '../../errors';
import { rowsCost } from '../cost';
import { IndexOnly, ordinal, type Transaction } from '../query';
import { ScoreStatus, SortDirection } from './enums';
import { type NetworkState, networkState } from './network-state';
import { aprsOf } from './node-apr';
import { NODE_COLUMNS, type NodeColumns, NodeSummary, summaryOf } from './node-summary';
import { uptimesOf } from './node-uptime';
import { countedOf, DEFAULT_PAGE, type Listing, Page, type PageRows, readPage, type SortKey } from './page';
import { address, basisPoints, wei } from './values';

const MAX_REGION_CHARS = 64;

enum NodeSort {
  SCORE = 'SCORE',
  STAKE = 'STAKE',
  WEIGHT = 'WEIGHT',
  REGISTERED = 'REGISTERED',
}
registerEnumType(NodeSort, { name: 'NodeSort', description: 'What a list of nodes is sorted by' });

const SORT_KEYS: Record<NodeSort, readonly SortKey[]> = {
  SCORE: [{ sql: 'n.score_bps', type: 'int' }],
  STAKE: [{ sql: 'n.total_stake', type: 'numeric' }],
  WEIGHT: [{ sql: 'n.weight', type: 'numeric' }],
  // nodeIds are given in the order of registration.
  REGISTERED: [],
};

@InputType({ description: 'Which nodes; all that is given must hold' })
export class NodeFilter {
  @Field(() => [ScoreStatus], { nullable: true, description: 'Standing of the score is one of these' })
  status?: ScoreStatus[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Certified, or not' })
  certified?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Taken out for good, or not' })
  retired?: boolean | null;
  @Field(() => Int, { nullable: true, description: 'Hardware class' })
  hardwareClass?: number | null;
  @Field(() => String, { nullable: true, description: 'Region, exactly as the operator states it' })
  region?: string | null;
  @Field(() => String, { nullable: true, description: 'Address of the operator' })
  operator?: string | null;
  @Field(() => Int, { nullable: true, description: 'Lowest score, basis points' })
  minScoreBps?: number | null;
  @Field(() => BigInteger, { nullable: true, description: 'Lowest total stake, DPN wei' })
  minStake?: bigint | null;
}

@ObjectType({ description: 'Nodes' })
export class NodePage extends Page {
  @Field(() => [NodeSummary], { description: 'Nodes of the page' })
  rows!: NodeSummary[];
}

/** Summaries of nodes, with one statement for all of each thing that is looked up. */
export async function summariesOf(
  tx: Transaction,
  nodes: readonly NodeColumns[],
  state: NetworkState,
): Promise<NodeSummary[]> {
  const uptimes = await uptimesOf(tx, nodes, state);
  const aprs = await aprsOf(tx, nodes, state);
  return nodes.map((node) =>
    summaryOf(
      node,
      {
        uptime: uptimes.get(node.id) ?? { uptime24h: null, uptime7d: null, uptime30d: null },
        apr: aprs.get(node.id) ?? { delegatorApr: null, operatorApr: null },
      },
      state,
    ),
  );
}

@Resolver()
export class NodesResolver {
  constructor(private readonly tx: Transaction) {}

  @IndexOnly()
  @Query(() => NodePage, { description: 'Nodes by score, stake, weight or age', complexity: rowsCost(DEFAULT_PAGE) })
  async nodes(
    @Arg('filter', () => NodeFilter, { nullable: true, description: 'Only some of them' }) filter: NodeFilter | null,
    @Arg('sort', () => NodeSort, { defaultValue: NodeSort.SCORE, description: 'Sorted by' }) sort: NodeSort,
    @Arg('direction', () => SortDirection, { defaultValue: SortDirection.DESC, description: 'Which first' })
    direction: SortDirection,
    @Arg('after', () => String, { nullable: true, description: 'endCursor of the page before, of the same sort' })
    after: string | null,
    @Arg('limit', () => Int, { defaultValue: DEFAULT_PAGE, description: '1 to 100' }) limit: number,
  ): Promise<NodePage> {
    const listing: Listing = {
      columns: NODE_COLUMNS,
      from: 'FROM gpu_node n',
      ...conditionsOf(filter ?? {}),
      keys: [...SORT_KEYS[sort], { sql: 'n.id', type: 'text' }],
      direction,
    };
    const page: PageRows<NodeColumns> = await readPage(this.tx, listing, { after, limit });
    const rows = await summariesOf(this.tx, page.rows, await networkState(this.tx));
    return Object.assign(new NodePage(this.tx, page, countedOf(listing)), { rows });
  }
}

/** SQL of a filter. @throws a message for the asker when a value of it is none */
function conditionsOf(filter: NodeFilter): Pick<Listing, 'where' | 'parameters'> {
  const where: string[] = [];
  const parameters: unknown[] = [];
  const say = (value: unknown, sql: (place: string) => string) => {
    parameters.push(value);
    where.push(sql(`$${parameters.length}`));
  };
  const { status, certified, retired, hardwareClass, region, operator, minScoreBps, minStake } = filter;
  if (status) say([...new Set(status)], ($) => `n.score_status = ANY(${$}::text[])`);
  if (typeof certified === 'boolean') say(certified, ($) => `n.certified = ${$}::bool`);
  if (typeof retired === 'boolean') say(retired, ($) => `n.retired = ${$}::bool`);
  if (typeof hardwareClass === 'number') {
    say(ordinal('filter.hardwareClass', hardwareClass), ($) => `n.hardware_class = ${$}::int`);
  }
  if (typeof region === 'string') say(shortRegion(region), ($) => `n.region = ${$}`);
  if (typeof operator === 'string') say(address('filter.operator', operator), ($) => `n.operator_id = ${$}`);
  if (typeof minScoreBps === 'number') {
    say(basisPoints('filter.minScoreBps', minScoreBps), ($) => `n.score_bps >= ${$}::int`);
  }
  if (typeof minStake === 'bigint') say(wei('filter.minStake', minStake), ($) => `n.total_stake >= ${$}::numeric`);
  return { where, parameters };
}

function shortRegion(region: string): string {
  if (region.length <= MAX_REGION_CHARS) return region;
  throw inputError(`filter.region has ${region.length} characters, at most ${MAX_REGION_CHARS} are allowed`);
}
