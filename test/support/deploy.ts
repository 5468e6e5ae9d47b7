import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Contract } from 'ethers';
import type { ContractName } from '../../src/chain/contracts';
import type { Deployment } from '../../src/chain/deployment';
import { readArtifact } from '../../src/deploy/artifacts';
import { type DevnetAccounts, devnetAccounts } from '../../src/devnet/accounts';
import { type DeployOptions, deployDevnet } from '../../src/devnet/deploy';
import type { ReporterKey } from '../../src/zk/eddsa';
import { deriveReporterKey } from '../../src/zk/reporter-key';
import type { TestChain } from './chain';

/** The devnet's contracts, nodes and accounts on a test's chain. */
export interface TestNetwork {
  readonly deployment: Deployment;
  /** Path of a deployment.json with the same content. */
  readonly deploymentFile: string;
  readonly genesisTime: number;
  readonly accounts: DevnetAccounts;
  readonly reporterKey: ReporterKey;
  /** The contract with its ABI, its transactions sent by `as` (default: the deployer). */
  contract(name: ContractName, as?: DevnetAccounts['deployer']): Contract;
}

/**
 * Deploys everything as the devnet does. The contracts must be built (npm run build).
 * @param options.genesisDelaySeconds from the newest block's time to epoch 0; leave time for the transactions before it
 * @param options.nodes others than the devnet's, at most 20
 */
export async function deployTestNetwork(
  chain: TestChain,
  options: { genesisDelaySeconds?: number; timing?: DeployOptions['timing']; nodes?: DeployOptions['nodes'] } = {},
): Promise<TestNetwork> {
  const { provider, chainId } = chain;
  const accounts = devnetAccounts(options.nodes?.length);
  const head = await provider.getBlock('latest');
  const genesisTime = (head?.timestamp ?? 0) + (options.genesisDelaySeconds ?? 600);
  const deployment = await deployDevnet({
    provider,
    chainId,
    accounts,
    genesisTime,
    timing: options.timing,
    nodes: options.nodes,
  });
  const deploymentFile = join(mkdtempSync(join(tmpdir(), 'dpin-test-')), 'deployment.json');
  writeFileSync(deploymentFile, JSON.stringify(deployment));
  return {
    deployment,
    deploymentFile,
    genesisTime,
    accounts,
    reporterKey: await deriveReporterKey(accounts.reporters[0]!, chainId, deployment.contracts.ReputationOracle),
    contract: (name, as = accounts.deployer) => {
      const address = deployment.contracts[name];
      if (address === undefined) throw new Error(`${name} is not deployed`);
      return new Contract(address, readArtifact(name).abi, as.connect(provider));
    },
  };
}
