import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concat, getCreateAddress, type JsonRpcProvider, keccak256 } from 'ethers';
import type { Deployment } from '../chain/deployment';
import type { DevnetAccounts } from '../devnet/accounts';
import {
  actorParameters,
  emissionParameters,
  hardwareClass,
  marketParameters,
  nodes,
  oracleParameters,
  scoreParameters,
  stakingParameters,
} from '../devnet/network';
import { PROJECT_ROOT } from '../runtime/project';
import { deriveReporterKey } from '../zk/reporter-key';
import { type Artifact, type DeployedName, readArtifact } from './artifacts';
import { TransactionBatch } from './batch';

export interface DeployOptions {
  provider: JsonRpcProvider;
  chainId: number;
  accounts: DevnetAccounts;
  /** Start of epoch 0, seconds; must lie in the future for the reporter to be active in epoch 0. */
  genesisTime: number;
  /** Other timing than the devnet's, for tests. */
  timing?: Partial<Record<'slotSeconds' | 'slotsPerEpoch' | 'maxRoundBlocks' | 'reportGraceSeconds', number>>;
}

type Artifacts = Record<DeployedName, Artifact>;
type Addresses = Record<DeployedName, string>;

/** Names in the order of deployment: an address follows from the deployer's nonce. */
const order = [
  'AccessManager',
  'DPNToken',
  'NodeRegistry',
  'NodeStaking',
  'ScoreBatchVerifier',
  'TreeVerifier',
  'ReputationOracle',
  'TreeAttestation',
  'JobMarket',
  'RewardDistributor',
] as const satisfies readonly DeployedName[];

/** Deploying the largest contract costs about 5.5 million; unused gas costs nothing. */
const deployGasLimit = 12_000_000;
/** The reporter's key is checked on-chain: on the curve and in the prime subgroup. */
const addReporterGasLimit = 10_000_000;

/**
 * Deploys the network's contracts and sets up what lives in them: reporter, methodology, emission, nodes with their
 * stake, money for stakers and the client.
 * @returns what deployment.json holds
 * @throws FatalError naming the step that reverted
 */
export async function deployNetwork(options: DeployOptions): Promise<Deployment> {
  const { provider, accounts } = options;
  const artifacts = Object.fromEntries(order.map((name) => [name, readArtifact(name)])) as Artifacts;
  const from = accounts.deployer.address;
  const firstNonce = await provider.getTransactionCount(from, 'pending');
  const addresses = Object.fromEntries(
    order.map((name, index) => [name, getCreateAddress({ from, nonce: firstNonce + index }).toLowerCase()]),
  ) as Addresses;
  const deployBlock = (await provider.getBlockNumber()) + 1;

  const reporterKeys = await Promise.all(
    accounts.reporters.map((one) => deriveReporterKey(one, options.chainId, addresses.ReputationOracle)),
  );
  const batch = new TransactionBatch(provider);
  const parameters = constructorArguments(addresses, options);
  for (const name of order) {
    const { abi, bytecode } = artifacts[name];
    const data = concat([bytecode, abi.encodeDeploy(parameters[name])]);
    batch.add(`deploy ${name}`, accounts.deployer, { data, gasLimit: deployGasLimit });
  }
  setParameters(
    batch,
    artifacts,
    addresses,
    accounts,
    reporterKeys.map(({ publicKey }) => publicKey),
  );
  setUpActors(batch, artifacts, addresses, accounts);
  await batch.send();
  return { chainId: options.chainId, deployBlock, contracts: addresses };
}

/** Hash of the text that says how measurements become scores; the contract stores it with the formula's parameters. */
export function methodologyHash(): string {
  return keccak256(readFileSync(join(PROJECT_ROOT, 'docs', 'methodology.md')));
}

function constructorArguments(at: Addresses, options: DeployOptions): Record<DeployedName, unknown[]> {
  const { deployer, treasury } = options.accounts;
  const timing = { ...oracleParameters, ...options.timing };
  const authority = at.AccessManager;
  return {
    AccessManager: [deployer.address],
    DPNToken: [deployer.address],
    NodeRegistry: [],
    NodeStaking: [
      authority,
      at.DPNToken,
      at.NodeRegistry,
      stakingParameters.certificationThresholdWei,
      stakingParameters.unbondingDelaySeconds,
      stakingParameters.commissionNoticeSeconds,
    ],
    ScoreBatchVerifier: [],
    TreeVerifier: [],
    ReputationOracle: [
      {
        authority,
        registry: at.NodeRegistry,
        verifier: at.ScoreBatchVerifier,
        genesisTime: options.genesisTime,
        slotSeconds: timing.slotSeconds,
        slotsPerEpoch: timing.slotsPerEpoch,
        maxRoundBlocks: timing.maxRoundBlocks,
        reportGrace: timing.reportGraceSeconds,
      },
    ],
    TreeAttestation: [at.ReputationOracle, at.TreeVerifier],
    JobMarket: [
      authority,
      at.DPNToken,
      at.NodeRegistry,
      at.NodeStaking,
      at.ReputationOracle,
      treasury.address,
      marketParameters.feeBps,
      marketParameters.acceptWindowSeconds,
    ],
    RewardDistributor: [
      authority,
      at.DPNToken,
      at.NodeRegistry,
      at.NodeStaking,
      at.ReputationOracle,
      emissionParameters.stakeCapWei,
    ],
  };
}

function setParameters(
  batch: TransactionBatch,
  artifacts: Artifacts,
  at: Addresses,
  { deployer, reporters }: DevnetAccounts,
  reporterKeys: readonly (readonly [bigint, bigint])[],
): void {
  const call = (name: DeployedName, method: string, args: unknown[], gasLimit?: number) =>
    batch.call(deployer, at[name], artifacts[name].abi, method, args, gasLimit);
  call('NodeStaking', 'setRewardDistributor', [at.RewardDistributor]);
  reporters.forEach(({ address }, index) => {
    call('ReputationOracle', 'addReporter', [address, ...reporterKeys[index]!], addReporterGasLimit);
  });
  call('ReputationOracle', 'setMethodology', [methodologyHash(), scoreParameters]);
  emissionParameters.classWeightsBps.forEach((weightBps, id) => {
    call('RewardDistributor', 'setClassWeight', [id, weightBps]);
  });
  call('DPNToken', 'approve', [at.RewardDistributor, emissionParameters.fundedWei]);
  call('RewardDistributor', 'fundEmission', [emissionParameters.fundedWei, emissionParameters.durationSeconds]);
}

function setUpActors(batch: TransactionBatch, artifacts: Artifacts, at: Addresses, accounts: DevnetAccounts): void {
  const token = artifacts.DPNToken.abi;
  const { abi: staking } = artifacts.NodeStaking;
  const give = (to: string, amountWei: bigint) =>
    batch.call(accounts.deployer, at.DPNToken, token, 'transfer', [to, amountWei]);
  nodes.forEach(({ region, behaviour }, nodeId) => {
    const operator = accounts.operators[nodeId]!;
    const worker = accounts.workers[nodeId]!;
    const metadata = `https://devnet.invalid/nodes/${nodeId}-${behaviour}.json`;
    batch.call(operator, at.NodeRegistry, artifacts.NodeRegistry.abi, 'registerNode', [
      worker.address,
      operator.address,
      hardwareClass,
      1,
      region,
      metadata,
    ]);
    give(operator.address, 2n * actorParameters.operatorStakeWei);
    batch.call(operator, at.DPNToken, token, 'approve', [at.NodeStaking, 2n * actorParameters.operatorStakeWei]);
    batch.call(operator, at.NodeStaking, staking, 'stake', [nodeId, actorParameters.operatorStakeWei]);
  });
  accounts.stakers.forEach((staker, index) => {
    give(staker.address, actorParameters.stakerFundsWei);
    batch.call(staker, at.DPNToken, token, 'approve', [at.NodeStaking, actorParameters.stakerFundsWei]);
    batch.call(staker, at.NodeStaking, staking, 'delegate', [index % nodes.length, actorParameters.firstDelegationWei]);
  });
  give(accounts.client.address, actorParameters.clientFundsWei);
  batch.call(accounts.client, at.DPNToken, token, 'approve', [at.JobMarket, actorParameters.clientFundsWei]);
}
