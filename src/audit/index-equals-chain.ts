import { JsonRpcProvider } from 'ethers';
import { z } from 'zod';
import { functions as token } from '../abi/DPNToken';
import { functions as market } from '../abi/JobMarket';
import { functions as registry } from '../abi/NodeRegistry';
import { functions as staking } from '../abi/NodeStaking';
import { functions as oracle } from '../abi/ReputationOracle';
import { openContracts } from '../chain/call';
import type { Deployment } from '../chain/deployment';
import { SCORE_STATUSES } from '../protocol/scoring/words';
import { sleep } from '../runtime/backoff';
import { queryGraphql } from './graphql';

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
const indexed = z.object({
  squidStatus: z.object({ height: z.number() }),
  networks: z.array(z.object({ totalSupply: wei, totalStaked: wei, totalUnbonding: wei, escrowed: wei })).length(1),
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
    }),
  ),
  accounts: z.array(z.object({ id: z.string(), balance: wei })),
  delegations: z.array(
    z.object({ node: z.object({ nodeId: z.number() }), delegator: z.object({ id: z.string() }), shares: wei }),
  ),
  unbondingLocks: z.array(z.object({ id: z.string(), amount: wei, withdrawnAt: z.string().nullable() })),
});
type Indexed = z.infer<typeof indexed>;

/** A devnet has far fewer of everything. */
const LIMIT = 200;
const query = `{
  squidStatus { height }
  networks(limit: 1) { totalSupply totalStaked totalUnbonding escrowed }
  gpuNodes(limit: ${LIMIT}) {
    nodeId scoreBps scoreStatus selfStake delegatedStake totalShares commissionBps certified
  }
  accounts(limit: ${LIMIT}) { id balance }
  delegations(limit: ${LIMIT}) { node { nodeId } delegator { id } shares }
  unbondingLocks(limit: ${LIMIT}) { id amount withdrawnAt }
}`;
const ATTEMPTS_MAX = 40;

/**
 * Compares every score, stake and balance in GraphQL with the contracts' own reads at the same block.
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
  const { DPNToken, JobMarket, NodeRegistry, NodeStaking, ReputationOracle } = openContracts(
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
  }
  for (const { id, balance } of state.accounts) {
    check(`balance of ${id}`, balance, await DPNToken.read(token.balanceOf, { account: id }, at));
  }
  for (const { node, delegator, shares } of state.delegations) {
    const name = `shares of ${delegator.id} in node ${node.nodeId}`;
    const args = { nodeId: node.nodeId, delegator: delegator.id };
    check(name, shares, await NodeStaking.read(staking.sharesOf, args, at));
  }
  check('unbonding locks', state.unbondingLocks.length, await NodeStaking.read(staking.lockCount, {}, at));
  for (const { id, amount, withdrawnAt } of state.unbondingLocks) {
    const lock = await NodeStaking.read(staking.getLock, { lockId: BigInt(id) }, at);
    check(`lock ${id} amount`, amount, lock.amount);
    check(`lock ${id} withdrawn`, withdrawnAt !== null, lock.withdrawn);
  }
  return comparison;
}
