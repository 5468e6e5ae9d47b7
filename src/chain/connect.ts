import { networkOf } from '../config/networks';
import { rpcUrls, type SettingsOf } from '../config/settings';
import { FatalError, RetryableError } from '../runtime/errors';
import { Blocks } from './blocks';
import { type Deployment, readDeployment, startBlockOf } from './deployment';
import { JobMarketContract } from './market';
import { ChainProvider, type ProviderOptions } from './provider';
import { explainEndpoint } from './refusal';
import { NodeRegistryContract } from './registry';
import { ReputationOracleContract } from './reputation';
import { NodeStakingContract } from './staking';

export type ChainSettings = Pick<SettingsOf<'oracle'>, 'RPC_URL' | 'CHAIN_ID' | 'DEPLOYMENT_FILE' | 'FINALITY_BLOCKS'>;

/** A checked connection to the network's chain and its contracts. */
export interface Chain {
  chainId: number;
  deployment: Deployment;
  provider: ChainProvider;
  blocks: Blocks;
  registry: NodeRegistryContract;
  staking: NodeStakingContract;
  market: JobMarketContract;
  oracle: ReputationOracleContract;
}

/**
 * Connects to the first of RPC_URL that answers, checks that it is CHAIN_ID and that the deployment is of that chain
 * and has code there.
 * @throws FatalError naming the setting that does not fit; RetryableError when the endpoint stays away, or none answers
 * soundly, with what each said.
 */
export async function connectChain(settings: ChainSettings, options: ProviderOptions = {}): Promise<Chain> {
  const { CHAIN_ID: chainId, DEPLOYMENT_FILE: file } = settings;
  const deployment = readDeployment(file);
  if (deployment.chainId !== chainId) {
    throw new FatalError(
      `DEPLOYMENT_FILE: ${JSON.stringify(file)} is of chain ${deployment.chainId}, CHAIN_ID is ${chainId}`,
      'Use the deployment file of the chain that CHAIN_ID names.',
    );
  }
  const provider = new ChainProvider(rpcUrls(settings.RPC_URL), chainId, options);
  try {
    await checkEndpoint(provider, chainId, deployment);
  } catch (error) {
    provider.destroy();
    throw explainEndpoint(error);
  }
  const { contracts } = deployment;
  const { FINALITY_BLOCKS: setting } = settings;
  const finalityBlocks = setting === 'network' ? networkOf(chainId).finalityBlocks : setting;
  return {
    chainId,
    deployment,
    provider,
    blocks: new Blocks(provider, finalityBlocks),
    registry: new NodeRegistryContract('NodeRegistry', contracts.NodeRegistry, provider),
    staking: new NodeStakingContract('NodeStaking', contracts.NodeStaking, provider),
    market: new JobMarketContract('JobMarket', contracts.JobMarket, provider),
    oracle: new ReputationOracleContract('ReputationOracle', contracts.ReputationOracle, provider),
  };
}

async function checkEndpoint(provider: ChainProvider, chainId: number, deployment: Deployment): Promise<void> {
  const answered = Number(await provider.send('eth_chainId', []));
  if (answered !== chainId) {
    throw new FatalError(
      `CHAIN_ID: is ${chainId}, but the endpoint of RPC_URL answers ${answered}`,
      'Correct CHAIN_ID or RPC_URL; 56 is BNB Chain, 97 its testnet, 31337 a devnet.',
    );
  }
  const address = deployment.contracts.ReputationOracle;
  if ((await provider.getCode(address)) !== '0x') return;
  const head = await provider.getBlockNumber();
  const deployBlock = startBlockOf(deployment, 'ReputationOracle');
  if (head < deployBlock) {
    throw new RetryableError('the endpoint has not reached the deployment block', { head, deployBlock });
  }
  throw new FatalError(
    `DEPLOYMENT_FILE: no contract at ReputationOracle ${address} on chain ${chainId}`,
    'The file is of another network, or the chain was started anew; deploy again.',
    { head },
  );
}
