import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concat, getCreateAddress, type JsonRpcProvider, keccak256, type Wallet } from 'ethers';
import { functions as token } from '../abi/DPNToken';
import { functions as staking } from '../abi/NodeStaking';
import { functions as oracle } from '../abi/ReputationOracle';
import { functions as rewards } from '../abi/RewardDistributor';
import { type Arguments, type DeployedContract, openContracts } from '../chain/call';
import { type CalledName, CONTRACT_NAMES, type ContractName } from '../chain/contracts';
import type { Deployment } from '../chain/deployment';
import { PROJECT_ROOT } from '../runtime/project';
import { readArtifact } from './artifacts';
import { TransactionBatch } from './batch';

/** A reporter that is added at the deployment. */
export interface NewReporter {
  address: string;
  /** Its Baby Jubjub key, which belongs to one oracle: asked for once the oracle's address is known. */
  keyFor(oracle: string): Promise<readonly [x: bigint, y: bigint]>;
}

/** What makes a network this network; amounts in DPN wei, times in seconds. */
export interface NetworkParameters {
  /** Start of epoch 0, seconds since 1970; must lie in the future for the reporters to be active in epoch 0. */
  genesisTime: number;
  timing: { slotSeconds: number; slotsPerEpoch: number; maxRoundBlocks: number; reportGraceSeconds: number };
  reporters: readonly NewReporter[];
  scores: Arguments<typeof oracle.setMethodology>['parameters'];
  staking: { certificationThresholdWei: bigint; unbondingDelaySeconds: number; commissionNoticeSeconds: number };
  market: { treasury: string; feeBps: number; acceptWindowSeconds: number };
  emission: {
    fundedWei: bigint;
    durationSeconds: number;
    stakeCapWei: bigint;
    /** 1/10000 by hardware class. */
    classWeightsBps: readonly number[];
  };
}

/** A deployment whose transactions are queued, not yet sent; the caller may queue more behind them. */
export interface NetworkPlan {
  batch: TransactionBatch;
  /** What deployment.json will hold. */
  deployment: Deployment;
  contracts: Record<CalledName, DeployedContract>;
}

type Addresses = Record<ContractName, string>;

/** Deploying the largest contract costs about 5.5 million; unused gas costs nothing. */
const DEPLOY_GAS_LIMIT = 12_000_000;
/** A reporter's key is checked on-chain: on the curve and in the prime subgroup. */
const ADD_REPORTER_GAS_LIMIT = 10_000_000;

/** Plans a network's contracts in the order of the table, with their parameters set by the deployer. */
export async function planNetwork(
  provider: JsonRpcProvider,
  chainId: number,
  deployer: Wallet,
  parameters: NetworkParameters,
): Promise<NetworkPlan> {
  const from = deployer.address;
  // An address follows from the deployer's nonce.
  const firstNonce = await provider.getTransactionCount(from, 'pending');
  const addresses = Object.fromEntries(
    CONTRACT_NAMES.map((name, index) => [name, getCreateAddress({ from, nonce: firstNonce + index }).toLowerCase()]),
  ) as Addresses;
  const deployBlock = (await provider.getBlockNumber()) + 1;

  const batch = new TransactionBatch(provider);
  const args = constructorArguments(addresses, from, parameters);
  for (const name of CONTRACT_NAMES) {
    const { abi, bytecode } = readArtifact(name);
    const given = args[name] ?? [];
    const wanted = abi.deploy.inputs.length;
    if (given.length !== wanted) throw new Error(`${name} is constructed with ${wanted} values, not ${given.length}`);
    const data = concat([bytecode, abi.encodeDeploy(given)]);
    batch.add(`deploy ${name}`, deployer, { data, gasLimit: DEPLOY_GAS_LIMIT });
  }
  const contracts = openContracts(addresses, provider);
  await setParameters(batch, deployer, contracts, parameters);
  return { batch, contracts, deployment: { chainId, deployBlock, contracts: addresses } };
}

/** Hash of the text that says how measurements become scores; the contract stores it with the formula's parameters. */
export function methodologyHash(): string {
  return keccak256(readFileSync(join(PROJECT_ROOT, 'docs', 'methodology.md')));
}

/** Only of contracts that take some: a contract without needs no line here. */
function constructorArguments(
  at: Addresses,
  deployer: string,
  { genesisTime, timing, staking, market, emission }: NetworkParameters,
): Partial<Record<ContractName, unknown[]>> {
  const authority = at.AccessManager;
  return {
    AccessManager: [deployer],
    DPNToken: [deployer],
    NodeStaking: [
      authority,
      at.DPNToken,
      at.NodeRegistry,
      staking.certificationThresholdWei,
      staking.unbondingDelaySeconds,
      staking.commissionNoticeSeconds,
    ],
    ReputationOracle: [
      {
        authority,
        registry: at.NodeRegistry,
        verifier: at.ScoreBatchVerifier,
        genesisTime,
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
      market.treasury,
      market.feeBps,
      market.acceptWindowSeconds,
    ],
    RewardDistributor: [
      authority,
      at.DPNToken,
      at.NodeRegistry,
      at.NodeStaking,
      at.ReputationOracle,
      emission.stakeCapWei,
    ],
  };
}

async function setParameters(
  batch: TransactionBatch,
  deployer: Wallet,
  contracts: Record<CalledName, DeployedContract>,
  { reporters, scores, emission }: NetworkParameters,
): Promise<void> {
  const { DPNToken, NodeStaking, ReputationOracle, RewardDistributor } = contracts;
  const { fundedWei, durationSeconds, classWeightsBps } = emission;
  const rewardDistributor_ = RewardDistributor.address;
  batch.call(deployer, NodeStaking, staking.setRewardDistributor, { rewardDistributor_ });
  for (const { address, keyFor } of reporters) {
    const [keyX, keyY] = await keyFor(ReputationOracle.address);
    const reporter = { reporter: address, keyX, keyY };
    batch.call(deployer, ReputationOracle, oracle.addReporter, reporter, ADD_REPORTER_GAS_LIMIT);
  }
  const methodology = { methodologyHash: methodologyHash(), parameters: scores };
  batch.call(deployer, ReputationOracle, oracle.setMethodology, methodology);
  classWeightsBps.forEach((weightBps, hardwareClass) => {
    batch.call(deployer, RewardDistributor, rewards.setClassWeight, { hardwareClass, weightBps });
  });
  batch.call(deployer, DPNToken, token.approve, { spender: RewardDistributor.address, value: fundedWei });
  batch.call(deployer, RewardDistributor, rewards.fundEmission, { amount: fundedWei, durationSeconds });
}
