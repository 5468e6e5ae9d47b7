import { BigInteger } from '@subsquid/graphql-server';
import { Field, ObjectType } from 'type-graphql';
import { APR_WINDOW_SECONDS, delegatorAprBps, operatorAprBps } from '../../../protocol/rewards/apr';
import { REWARD_SCALE } from '../../../protocol/rewards/stream';
import { rowsOf, type Transaction } from '../query';
import { dateOf, type NetworkState, secondsOf } from './network-state';
import { type RewardColumns, rewardsNow } from './rewards';

const DELEGATOR_DENOMINATOR = 'DPN wei that the delegation shares are worth at toAt';
const OPERATOR_DENOMINATOR = 'DPN wei of self-stake, as it was at each settlement';

@ObjectType({
  description:
    'A yearly rate without compounding: what came per DPN wei in the window, times 365 days, divided by its length. The ' +
    'window begins with the newest settlement at least 7 days old, or with the first one there is, and ends with the ' +
    'newest indexed block; what is not settled yet is in it',
})
export class Apr {
  @Field(() => BigInteger, { description: 'Rate, basis points' })
  aprBps!: bigint;
  @Field(() => Date, { description: 'Begin of the window' })
  fromAt!: Date;
  @Field(() => Date, { description: 'End of the window' })
  toAt!: Date;
  @Field(() => String, { description: 'What the rewards are divided by' })
  denominator!: string;
}

/** Yearly rates of a node. */
export interface NodeApr {
  delegatorApr: Apr | null;
  operatorApr: Apr | null;
}

/** What of a node its rates are computed from. */
export interface AprColumns extends RewardColumns {
  id: string;
  operatorRewardPerStake: string;
}

interface AccrualRow {
  nodeId: string;
  rewardPerShare: string;
  operatorRewardPerStake: string;
  at: Date;
}

// An accrual is an activity, too: those before the first block after the newest activity at a time are those up to it.
const ACCRUALS_SQL = `
  WITH after AS MATERIALIZED (
    SELECT lpad((coalesce(max(block), -1) + 1)::text, 10, '0') AS block FROM (
      SELECT block FROM activity WHERE timestamp <= to_timestamp($2::bigint) ORDER BY timestamp DESC, id DESC LIMIT 1
    ) newest
  )
  SELECT n.id AS "nodeId", a.reward_per_share AS "rewardPerShare", a.operator_reward_per_stake AS "operatorRewardPerStake",
    a.timestamp AS at
  FROM unnest($1::text[]) n (id)
  CROSS JOIN LATERAL (
    (SELECT 1 AS preference, r.* FROM reward_accrual r
     WHERE r.node_id = n.id AND r.id < (SELECT block FROM after) ORDER BY r.id DESC LIMIT 1)
    UNION ALL
    (SELECT 2, r.* FROM reward_accrual r WHERE r.node_id = n.id ORDER BY r.id LIMIT 1)
    ORDER BY preference LIMIT 1
  ) a`;

/** Rates of each node by its id. */
export async function aprsOf(
  tx: Transaction,
  nodes: readonly AprColumns[],
  state: NetworkState,
): Promise<Map<string, NodeApr>> {
  const { nowSeconds } = state;
  if (nowSeconds === null || nodes.length === 0) return new Map();
  const accruals = await rowsOf<AccrualRow>(tx, ACCRUALS_SQL, [
    nodes.map(({ id }) => id),
    (nowSeconds - APR_WINDOW_SECONDS).toString(),
  ]);
  const first = new Map(accruals.map((row) => [row.nodeId, row]));
  return new Map(nodes.map((node) => [node.id, aprOf(node, first.get(node.id), nowSeconds, state)]));
}

function aprOf(node: AprColumns, from: AccrualRow | undefined, nowSeconds: bigint, state: NetworkState): NodeApr {
  const now = rewardsNow(node, state);
  if (from === undefined || now === null) return { delegatorApr: null, operatorApr: null };
  const window = { fromAt: from.at, toAt: dateOf(nowSeconds) };
  const seconds = nowSeconds - secondsOf(from.at);
  const pool = { delegatedStake: BigInt(node.delegatedStake), totalShares: BigInt(node.totalShares) };
  const selfStake = BigInt(node.selfStake);
  const unsettled = selfStake === 0n ? 0n : (now.settlement.operatorAmount * REWARD_SCALE) / selfStake;
  const perStake = BigInt(node.operatorRewardPerStake) + unsettled;
  const delegators = delegatorAprBps({ gain: now.rewardPerShare - BigInt(from.rewardPerShare), seconds }, pool);
  const operator = operatorAprBps({ gain: perStake - BigInt(from.operatorRewardPerStake), seconds });
  return {
    delegatorApr: delegators === null ? null : { aprBps: delegators, ...window, denominator: DELEGATOR_DENOMINATOR },
    operatorApr: operator === null ? null : { aprBps: operator, ...window, denominator: OPERATOR_DENOMINATOR },
  };
}
