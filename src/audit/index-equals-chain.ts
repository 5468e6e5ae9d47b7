import { JsonRpcProvider } from 'ethers';
import { z } from 'zod';
import { functions as token } from '../abi/DPNToken';
import { functions as market } from '../abi/JobMarket';
import { functions as registry } from '../abi/NodeRegistry';
import { functions as staking } from '../abi/NodeStaking';
import { functions as oracle } from '../abi/ReputationOracle';
import { functions as rewards } from '../abi/RewardDistributor';
import { openContracts } from '../chain/call';
import type { Deployment } from '../chain/deployment';
import {
  delegatorClaimable,
  operatorClaimable,
  rewardedNode,
  rewardPerWeightAt,
  settlementOf,
} from '../protocol/rewards/stream';
import { SCORE_STATUSES } from '../protocol/scoring/words';
import { sleep } from '../runtime/backoff';
import { queryGraphql } from './graphql';
import { figuresAt, seriesFromLogs } from './series-from-logs';

/** A value that GraphQL and the chain do not agree on. */
export interface Difference {
  what: string;
  indexed: string;
  onChain: string;
}

export interface Comparison {
  /** Block at which both were read. */
  height: number;
  /** Values compared. */
  values: number;
  differences: Difference[];
}

const wei = z.string().regex(/^\d+$/);
const seconds = z
  .string()
  .datetime()
  .transform((time) => BigInt(Date.parse(time) / 1000));
/** Rows of a series; every figure that raw logs tell. */
const period = z.array(z.looseObject({ number: z.number() }));
const indexed = z.object({
  squidStatus: z.object({ height: z.number() }),
  networks: z
    .array(
      z.object({
        totalSupply: wei,
        totalStaked: wei,
        totalUnbonding: wei,
        escrowed: wei,
        totalWeight: wei,
        emissionRate: wei,
        emissionEndsAt: seconds.nullable(),
        rewardPerWeight: wei,
        rewardPerWeightAt: seconds.nullable(),
      }),
    )
    .length(1),
  gpuNodes: z.array(
    z.object({
      nodeId: z.number(),
      scoreBps: z.number(),
      scoreStatus: z.string(),
      selfStake: wei,
      delegatedStake: wei,
      totalShares: wei,
      commissionBps: z.number(),
      certified: z.boolean(),
      weight: wei,
      rewardPerWeightPaid: wei,
      rewardPerShare: wei,
      operatorRewards: wei,
      operatorClaimedRewards: wei,
    }),
  ),
  accounts: z.array(z.object({ id: z.string(), balance: wei })),
  delegations: z.array(
    z.object({
      node: z.object({ nodeId: z.number() }),
      delegator: z.object({ id: z.string() }),
      shares: wei,
      pendingRewards: wei,
      rewardPerSharePaid: wei,
    }),
  ),
  unbondingLocks: z.array(z.object({ id: z.string(), amount: wei, withdrawnAt: z.string().nullable() })),
  nodes: z.object({ rows: z.array(z.object({ nodeId: z.number(), operatorClaimable: wei.nullable() })) }),
  networkDays: period,
  networkEpochs: period,
});
type Indexed = z.infer<typeof indexed>;
type IndexedNode = Indexed['gpuNodes'][number];
type IndexedDelegation = Indexed['delegations'][number];

/** A devnet has far fewer of everything. */
const LIMIT = 200;
const FIGURES = `number totalSupply holders transferCount transferVolume totalStaked totalUnbonding nodeCount
    certifiedNodeCount retiredNodeCount unratedNodeCount provisionalNodeCount establishedNodeCount failingNodeCount
    scoreSumBps delegationCount jobCount completedJobCount cancelledJobCount openShardCount acceptedShardCount
    expiredShardCount escrowed jobPayments jobFees totalWeight rewardsAccrued rewardsClaimed roundCount batchCount`;
/** Newest rows of the series that are compared. */
const PERIODS = 50;
const query = `{
  squidStatus { height }
  networks(limit: 1) {
    totalSupply totalStaked totalUnbonding escrowed
    totalWeight emissionRate emissionEndsAt rewardPerWeight rewardPerWeightAt
  }
  gpuNodes(limit: ${LIMIT}) {
    nodeId scoreBps scoreStatus selfStake delegatedStake totalShares commissionBps certified
    weight rewardPerWeightPaid rewardPerShare operatorRewards operatorClaimedRewards
  }
  accounts(limit: ${LIMIT}) { id balance }
  delegations(limit: ${LIMIT}) { node { nodeId } delegator { id } shares pendingRewards rewardPerSharePaid }
  unbondingLocks(limit: ${LIMIT}) { id amount withdrawnAt }
  nodes(limit: 100) { rows { nodeId operatorClaimable } }
  networkDays(limit: ${PERIODS}, orderBy: id_DESC) { ${FIGURES} }
  networkEpochs(limit: ${PERIODS}, orderBy: id_DESC) { ${FIGURES} }
}`;
const ATTEMPTS_MAX = 40;

/**
 * Compares every score, stake, balance and claimable reward in GraphQL with the contracts' own reads at the same block, and
 * the series of days and epochs with sums of the raw logs up to it.
 * @throws Error when the index moves on during every attempt to read it
 */
export async function compareIndexWithChain(
  graphqlUrl: string,
  rpcUrl: string,
  deployment: Deployment,
): Promise<Comparison> {
  const provider = new JsonRpcProvider(rpcUrl, deployment.chainId, { staticNetwork: true, cacheTimeout: -1 });
  try {
    const state = await readIndex(graphqlUrl);
    return await compare(state, provider, deployment);
  } finally {
    provider.destroy();
  }
}

/** One query is several statements: only an index that stood still around them is of one block. */
async function readIndex(url: string): Promise<Indexed> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const state = indexed.parse(await queryGraphql(url, query));
    const after = z
      .object({ squidStatus: z.object({ height: z.number() }) })
      .parse(await queryGraphql(url, '{ squidStatus { height } }'));
    if (after.squidStatus.height === state.squidStatus.height) return state;
    await sleep(50 + 40 * (attempt % 5));
  }
  throw new Error('The index moved on during every attempt to read it at one block.');
}

async function compare(state: Indexed, provider: JsonRpcProvider, deployment: Deployment): Promise<Comparison> {
  const height = state.squidStatus.height;
  const { DPNToken, JobMarket, NodeRegistry, NodeStaking, ReputationOracle, RewardDistributor } = openContracts(
    deployment.contracts,
    provider,
  );
  const at = { blockTag: height };
  const comparison: Comparison = { height, values: 0, differences: [] };
  const check = (what: string, indexedValue: unknown, onChain: unknown) => {
    comparison.values++;
    if (String(indexedValue) === String(onChain)) return;
    comparison.differences.push({ what, indexed: String(indexedValue), onChain: String(onChain) });
  };

  const [network] = state.networks;
  const block = await provider.getBlock(height);
  if (block === null) throw new Error(`The chain has no block ${height}, which the index ends with.`);
  const claims = claimableAt(state, BigInt(block.timestamp));
  check('totalSupply', network?.totalSupply, await DPNToken.read(token.totalSupply, {}, at));
  check('totalStaked', network?.totalStaked, await NodeStaking.read(staking.totalStaked, {}, at));
  check('totalUnbonding', network?.totalUnbonding, await NodeStaking.read(staking.totalUnbonding, {}, at));
  check('escrowed', network?.escrowed, await JobMarket.read(market.escrowed, {}, at));
  check('nodes', state.gpuNodes.length, await NodeRegistry.read(registry.nodeCount, {}, at));
  for (const node of state.gpuNodes) {
    const { nodeId } = node;
    const name = `node ${nodeId}`;
    const { scoreBps, status } = await ReputationOracle.read(oracle.scoreOf, { nodeId }, at);
    check(`${name} score`, node.scoreBps, scoreBps);
    check(`${name} status`, node.scoreStatus, SCORE_STATUSES[status]?.toUpperCase());
    const pool = await NodeStaking.read(staking.getPool, { nodeId }, at);
    check(`${name} selfStake`, node.selfStake, pool.selfStake);
    check(`${name} delegatedStake`, node.delegatedStake, pool.delegatedStake);
    check(`${name} totalShares`, node.totalShares, pool.totalShares);
    check(`${name} commission`, node.commissionBps, pool.commissionBps);
    check(`${name} certified`, node.certified, pool.certified);
    const claimable = await RewardDistributor.read(rewards.pendingOperator, { nodeId }, at);
    check(`${name} claimable`, claims.ofOperator(node), claimable);
    const told = state.nodes.rows.find((row) => row.nodeId === nodeId);
    check(`${name} operatorClaimable`, told?.operatorClaimable, claimable);
  }
  for (const { id, balance } of state.accounts) {
    check(`balance of ${id}`, balance, await DPNToken.read(token.balanceOf, { account: id }, at));
  }
  for (const delegation of state.delegations) {
    const { node, delegator, shares } = delegation;
    const name = `shares of ${delegator.id} in node ${node.nodeId}`;
    const args = { nodeId: node.nodeId, delegator: delegator.id };
    check(name, shares, await NodeStaking.read(staking.sharesOf, args, at));
    const claimable = await RewardDistributor.read(rewards.pendingOf, args, at);
    check(`claimable by ${delegator.id} in node ${node.nodeId}`, claims.ofDelegator(delegation), claimable);
  }
  check('unbonding locks', state.unbondingLocks.length, await NodeStaking.read(staking.lockCount, {}, at));
  for (const { id, amount, withdrawnAt } of state.unbondingLocks) {
    const lock = await NodeStaking.read(staking.getLock, { lockId: BigInt(id) }, at);
    check(`lock ${id} amount`, amount, lock.amount);
    check(`lock ${id} withdrawn`, withdrawnAt !== null, lock.withdrawn);
  }
  const clock = {
    genesisTime: Number(await ReputationOracle.read(oracle.genesisTime, {})),
    epochSeconds: Number(await ReputationOracle.read(oracle.epochSeconds, {})),
  };
  const series = await seriesFromLogs(provider, deployment, clock, height);
  for (const [name, rows, sums] of [
    ['day', state.networkDays, series.days],
    ['epoch', state.networkEpochs, series.epochs],
  ] as const) {
    check(`newest ${name} with an event`, rows[0]?.number, Math.max(...sums.keys()));
    for (const { number, ...figures } of rows) {
      const due = figuresAt(sums, number);
      for (const [figure, value] of Object.entries(figures)) {
        check(`${figure} of ${name} ${number}`, value, due[figure] ?? '0');
      }
    }
  }
  return comparison;
}

/** What operators and delegators can claim by the rows of the index at a time, DPN wei. */
function claimableAt({ networks, gpuNodes }: Indexed, atSeconds: bigint) {
  const [network] = networks as [Indexed['networks'][number]];
  const rewardPerWeight = rewardPerWeightAt(
    {
      rewardPerWeight: BigInt(network.rewardPerWeight),
      rewardPerWeightAt: network.rewardPerWeightAt,
      ratePerSecond: BigInt(network.emissionRate),
      endsAt: network.emissionEndsAt,
      totalWeight: BigInt(network.totalWeight),
    },
    atSeconds,
  );
  const settlement = (node: IndexedNode) => settlementOf(rewardedNode(node), rewardPerWeight);
  return {
    ofOperator: (node: IndexedNode): bigint =>
      operatorClaimable(
        {
          operatorRewards: BigInt(node.operatorRewards),
          operatorClaimedRewards: BigInt(node.operatorClaimedRewards),
        },
        settlement(node),
      ),
    /** Undefined when its node is not among the rows. */
    ofDelegator: (delegation: IndexedDelegation): bigint | undefined => {
      const node = gpuNodes.find(({ nodeId }) => nodeId === delegation.node.nodeId);
      return (
        node &&
        delegatorClaimable(
          {
            pendingRewards: BigInt(delegation.pendingRewards),
            rewardPerSharePaid: BigInt(delegation.rewardPerSharePaid),
            shares: BigInt(delegation.shares),
          },
          BigInt(node.rewardPerShare) + settlement(node).rewardPerShareGain,
        )
      );
    },
  };
}
