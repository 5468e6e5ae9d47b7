import { BigInteger } from '@subsquid/graphql-server';
import { Arg, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { TASK_NAMES } from '../../../protocol/tasks';
import { taskNames } from '../../plain-words';
import { Column } from '../column';
import { upTo } from '../cost';
import { ordinal, rowsOf, select, type Transaction } from '../query';
import { Freshness } from './freshness';
import { networkState } from './network-state';
import { NODE_COLUMNS, type NodeColumns, NodeSummary } from './node-summary';
import { WINDOWS, windowsOf } from './node-uptime';
import { summariesOf } from './nodes';
import { hasReporterTables } from './reporter-tables';
import { nodeKey } from './values';

/** Devices whose rates are told. */
const MAX_DEVICES = 64;
/** Shards of a node that are told. */
const MAX_SHARDS = 100;
const WINDOW_WORDS: Record<keyof typeof WINDOWS, string> = { uptime24h: '24 h', uptime7d: '7 d', uptime30d: '30 d' };

@ObjectType({ description: 'Newest rate that this reporter accepted of a device in a task' })
export class TaskRate {
  @Column(() => String, 'k.task', { description: taskNames })
  task!: string;
  @Column(() => Int, 'c.device', { description: 'Device of the node, from 0' })
  device!: number;
  @Column(() => Int, 'c.round', { description: 'Round in which it was measured' })
  round!: number;
  @Column(() => Int, 'c.epoch', { description: 'Epoch of the round' })
  epoch!: number;
  @Column(() => Int, 'c.perf_bps', { nullable: true, description: 'Rate against the class reference, 1/10000' })
  perfBps!: number | null;
  @Column(() => Float, 'c.ops_per_ms', {
    nullable: true,
    description: 'gemm: int8 operations per ms; tree: permutations per ms',
  })
  perMs!: number | null;
  @Column(() => Date, 'c.verdict_at', { nullable: true, description: 'When the verdict was given' })
  verdictAt!: Date | null;
}

const RATES_SQL = `
  FROM unnest($2::text[]) k (task)
  CROSS JOIN generate_series(0, $3::int - 1) d (device)
  CROSS JOIN LATERAL (
    SELECT c.* FROM challenges c
    WHERE c.node_id = $1 AND c.device = d.device::smallint AND c.task = k.task AND c.verdict = 'OK'
    ORDER BY c.round DESC LIMIT 1
  ) c
  ORDER BY k.task, c.device`;

@ObjectType({ description: "Rounds in which this reporter challenged the node, over the epochs of the node's uptime" })
export class RoundCoverage {
  @Field(() => String, { description: 'Window: 24 h, 7 d or 30 d' })
  window!: string;
  @Field(() => Int, { description: 'Rounds held' })
  held!: number;
  @Field(() => Int, { description: 'Rounds that count: passed, missed or failed' })
  measured!: number;
  @Field(() => Int, { description: 'Rounds that count for nobody: the node was busy, or the reporter at fault' })
  neutral!: number;
  @Field(() => Int, { nullable: true, description: 'measured / held, basis points; null without rounds' })
  coverageBps!: number | null;
}

@ObjectType({ description: 'A shard that a node holds' })
export class HeldShard {
  @Column(() => String, 's.id', { description: 'Id of its row in jobShards' })
  id!: string;
  @Column(() => BigInteger, '(s.job_id)::numeric', { description: 'Job id as contracts use it' })
  jobId!: string;
  @Column(() => Int, 's.shard', { description: 'Number of the shard in the job' })
  shard!: number;
  @Column(() => String, 's.state', { description: 'CLAIMED or SUBMITTED' })
  state!: string;
  @Column(() => BigInteger, 'j.price_per_shard', { description: 'DPN wei, fee included' })
  price!: string;
  @Column(() => Date, 's.claimed_at', { nullable: true, description: 'Time of the claim' })
  claimedAt!: Date | null;
  @Column(() => Date, 'j.deadline', { description: 'Time by which it must be delivered' })
  deadline!: Date;
}

// Newest first, so that settled shards are only met after the open ones of a busy node.
const SHARDS_SQL = `
  FROM (
    SELECT s.* FROM job_shard s WHERE s.node_id = $1 AND s.state IN ('CLAIMED', 'SUBMITTED') ORDER BY s.id DESC LIMIT $2
  ) s JOIN job j ON j.id = s.job_id ORDER BY s.id DESC`;

@ObjectType({ description: 'One node' })
export class NodeDetail {
  @Field(() => NodeSummary, { description: 'What most people ask first' })
  summary!: NodeSummary;
  @Field(() => [TaskRate], {
    nullable: true,
    description: `Newest rates by task and device, of the first ${MAX_DEVICES} devices; null without a reporter's tables`,
    complexity: upTo(MAX_DEVICES * TASK_NAMES.length),
  })
  rates!: TaskRate[] | null;
  @Field(() => [RoundCoverage], {
    nullable: true,
    description: "Rounds measured of rounds held; null without a reporter's tables, or before the first proof",
    complexity: upTo(Object.keys(WINDOWS).length),
  })
  coverage!: RoundCoverage[] | null;
  @Field(() => [HeldShard], {
    description: `Shards claimed or submitted, the newest ${MAX_SHARDS}`,
    complexity: upTo(MAX_SHARDS),
  })
  shards!: HeldShard[];
  @Field(() => Freshness, { description: 'How fresh this is' })
  freshness!: Freshness;
}

interface RoundSums {
  held: number;
  neutral: number;
}

@Resolver()
export class NodeResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => NodeDetail, {
    nullable: true,
    description: 'One node by its nodeId; null when none is registered, or the index has not seen it yet',
  })
  async node(
    @Arg('nodeId', () => Int, { description: 'nodeId as contracts use it' }) nodeId: number,
  ): Promise<NodeDetail | null> {
    const id = nodeKey(ordinal('nodeId', nodeId));
    const [node] = await rowsOf<NodeColumns>(this.tx, `SELECT ${NODE_COLUMNS} FROM gpu_node n WHERE n.id = $1`, [id]);
    if (!node) return null;
    const state = await networkState(this.tx);
    const [summary] = await summariesOf(this.tx, [node], state);
    if (!summary) throw new Error('a node has a summary');
    const reported = await hasReporterTables(this.tx);
    return {
      summary,
      rates: reported ? await this.ratesOf(node) : null,
      coverage: reported ? await this.coverageOf(node, windowsOf([node], state)) : null,
      shards: node.activeShardCount === 0 ? [] : await select(this.tx, HeldShard, SHARDS_SQL, [id, MAX_SHARDS]),
      freshness: state.freshness,
    };
  }

  private ratesOf({ nodeId, devices }: NodeColumns): Promise<TaskRate[]> {
    return select(this.tx, TaskRate, RATES_SQL, [nodeId, TASK_NAMES, Math.min(devices, MAX_DEVICES)]);
  }

  private async coverageOf(
    { nodeId }: NodeColumns,
    windows: ReturnType<typeof windowsOf>,
  ): Promise<RoundCoverage[] | null> {
    if (windows.length === 0) return null;
    const sums = await rowsOf<RoundSums>(
      this.tx,
      `SELECT m.held, m.neutral
       FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY w (first, last, place)
       CROSS JOIN LATERAL (
         SELECT coalesce(sum(m.rounds), 0)::int AS held, coalesce(sum(m.neutral), 0)::int AS neutral
         FROM measurements m WHERE m.node_id = $1 AND m.epoch BETWEEN w.first AND w.last
       ) m
       ORDER BY w.place`,
      [nodeId, windows.map(({ range }) => range.first.toString()), windows.map(({ range }) => range.last.toString())],
    );
    return windows.map(({ name }, place) => coverageIn(WINDOW_WORDS[name], sums[place] ?? { held: 0, neutral: 0 }));
  }
}

function coverageIn(window: string, { held, neutral }: RoundSums): RoundCoverage {
  const measured = held - neutral;
  const coverageBps = held === 0 ? null : Math.floor((measured * 10_000) / held);
  return { window, held, measured, neutral, coverageBps };
}
