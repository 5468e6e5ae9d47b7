import type { JsonRpcProvider } from 'ethers';
import { functions as token } from '../abi/DPNToken';
import { functions as registry } from '../abi/NodeRegistry';
import { functions as staking } from '../abi/NodeStaking';
import type { Deployment } from '../chain/deployment';
import { type NetworkParameters, type NetworkPlan, planNetwork } from '../deploy/plan';
import { deriveReporterKey } from '../zk/reporter-key';
import type { DevnetAccounts } from './accounts';
import {
  ACTOR_PARAMETERS,
  type DevnetNode,
  EMISSION_PARAMETERS,
  MARKET_PARAMETERS,
  NODES,
  ORACLE_PARAMETERS,
  SCORE_PARAMETERS,
  STAKING_PARAMETERS,
} from './network';

export interface DeployOptions {
  provider: JsonRpcProvider;
  chainId: number;
  accounts: DevnetAccounts;
  /** Start of epoch 0, seconds; must lie in the future for the reporters to be active in epoch 0. */
  genesisTime: number;
  /** Other nodes than the devnet's; `accounts` has an operator and a worker for each. */
  nodes?: readonly DevnetNode[] | undefined;
  /** Other timing than the devnet's, for tests. */
  timing?: Partial<NetworkParameters['timing']>;
}

/**
 * Deploys the devnet's contracts and sets up who lives on them: nodes with their stake, money for stakers and the
 * client.
 * @returns what deployment.json holds
 * @throws FatalError naming the step that reverted
 */
export async function deployDevnet(options: DeployOptions): Promise<Deployment> {
  const { provider, chainId, accounts, genesisTime } = options;
  const plan = await planNetwork(provider, chainId, accounts.deployer, {
    genesisTime,
    timing: { ...ORACLE_PARAMETERS, ...options.timing },
    reporters: accounts.reporters.map((wallet) => ({
      address: wallet.address,
      keyFor: async (oracle) => (await deriveReporterKey(wallet, chainId, oracle)).publicKey,
    })),
    scores: SCORE_PARAMETERS,
    staking: STAKING_PARAMETERS,
    market: { ...MARKET_PARAMETERS, treasury: accounts.treasury.address },
    emission: EMISSION_PARAMETERS,
  });
  setUpPeople(plan, accounts, options.nodes ?? NODES);
  await plan.batch.send();
  return plan.deployment;
}

function setUpPeople({ batch, contracts }: NetworkPlan, accounts: DevnetAccounts, nodes: readonly DevnetNode[]): void {
  const { DPNToken, JobMarket, NodeRegistry, NodeStaking } = contracts;
  const give = (to: string, value: bigint) => batch.call(accounts.deployer, DPNToken, token.transfer, { to, value });
  const { operatorStakeWei, stakerFundsWei, clientFundsWei, firstDelegationWei } = ACTOR_PARAMETERS;
  nodes.forEach(({ region, behaviour, hardwareClass }, nodeId) => {
    const operator = accounts.operators[nodeId]!;
    batch.call(operator, NodeRegistry, registry.registerNode, {
      workerKey: accounts.workers[nodeId]!.address,
      rewardRecipient: operator.address,
      hardwareClass,
      devices: 1,
      region,
      metadataURI: `https://devnet.invalid/nodes/${nodeId}-${behaviour}.json`,
    });
    give(operator.address, 2n * operatorStakeWei);
    batch.call(operator, DPNToken, token.approve, { spender: NodeStaking.address, value: 2n * operatorStakeWei });
    batch.call(operator, NodeStaking, staking.stake, { nodeId, amount: operatorStakeWei });
  });
  accounts.stakers.forEach((staker, index) => {
    give(staker.address, stakerFundsWei);
    batch.call(staker, DPNToken, token.approve, { spender: NodeStaking.address, value: stakerFundsWei });
    const nodeId = index % nodes.length;
    batch.call(staker, NodeStaking, staking.delegate, { nodeId, amount: firstDelegationWei });
  });
  give(accounts.client.address, clientFundsWei);
  batch.call(accounts.client, DPNToken, token.approve, { spender: JobMarket.address, value: clientFundsWei });
}
