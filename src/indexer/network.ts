import { ZeroHash } from 'ethers';
import { events as token } from '../abi/DPNToken';
import { LOG_RANGE_BLOCKS } from '../chain/call';
import { connectChain } from '../chain/connect';
import { type Constant, readConstants } from '../chain/constants';
import type { Deployment } from '../chain/deployment';
import type { ChainProvider } from '../chain/provider';
import { explainEndpoint } from '../chain/refusal';
import { findStartBlocks, type StartBlocks } from '../chain/start-blocks';
import type { SettingsOf } from '../config/settings';
import { RetryableError } from '../runtime/errors';
import { HANDLERS } from './handlers';
import type { NetworkMark } from './rules/same-network';

/** What the settings ask to index. */
export interface IndexedNetwork {
  deployment: Deployment;
  /** Where the events of each contract begin. */
  starts: StartBlocks;
  /** How a database of this network is marked. */
  mark: NetworkMark;
  /** What the contracts say of themselves. */
  constants: Constant[];
}

/**
 * Asks the chain of the settings for what there is to index.
 * @throws FatalError for a wrong chain or deployment; RetryableError when the endpoint stays away, or none
 * answers soundly
 */
export function whatToIndex(settings: SettingsOf<'indexer'>): Promise<IndexedNetwork> {
  return askChain(settings).catch((error) => {
    throw explainEndpoint(error);
  });
}

async function askChain(settings: SettingsOf<'indexer'>): Promise<IndexedNetwork> {
  const { chainId, deployment, provider } = await connectChain(settings);
  try {
    const starts = await findStartBlocks(provider, deployment);
    const contracts = followed(deployment, starts);
    const mark = { chainId, genesisHash: await genesisHash(provider), contracts };
    return { deployment, starts, mark, constants: await readConstants(provider, deployment) };
  } finally {
    provider.destroy();
  }
}

/**
 * Whether the token was minted by a block, as far as one request for logs tells: it is looked for where the token's
 * events begin. False where they begin much later, or the endpoint keeps no logs that old.
 * @throws RetryableError when the endpoint stays away
 */
export async function isMintedBy(
  settings: SettingsOf<'indexer'>,
  { deployment, starts }: IndexedNetwork,
  height: number,
): Promise<boolean> {
  const fromBlock = starts.DPNToken ?? deployment.deployBlock;
  if (height < fromBlock) return false;
  const { provider } = await connectChain(settings).catch((error) => {
    throw explainEndpoint(error);
  });
  try {
    const logs = await provider.getLogs({
      address: deployment.contracts.DPNToken,
      topics: [token.Transfer.topic, ZeroHash],
      fromBlock,
      toBlock: Math.min(height, fromBlock + LOG_RANGE_BLOCKS - 1),
    });
    return logs.length > 0;
  } catch (error) {
    if (error instanceof RetryableError) throw error;
    return false;
  } finally {
    provider.destroy();
  }
}

/** The contracts whose events have handlers, with the block from which they are read. */
export function followed({ contracts, deployBlock }: Deployment, starts: StartBlocks): NetworkMark['contracts'] {
  return Object.fromEntries(
    [...new Set(HANDLERS.map(({ contract }) => contract))].map((name) => {
      const address = contracts[name];
      return [name, address === undefined ? null : { address, fromBlock: starts[name] ?? deployBlock }];
    }),
  );
}

/** Hash of block 0; null where the endpoint does not keep it. */
export async function genesisHash(provider: Pick<ChainProvider, 'send'>): Promise<string | null> {
  const block = await provider.send('eth_getBlockByNumber', ['0x0', false]).catch((error: unknown) => {
    if (error instanceof RetryableError) throw error;
    return null;
  });
  return typeof block?.hash === 'string' ? block.hash.toLowerCase() : null;
}
