import { createLogger } from '@subsquid/logger';
import { isError } from 'ethers';
import { DEVNET_CHAIN_ID } from '../config/networks';
import { FatalError, RetryableError } from '../runtime/errors';
import type { ContractName } from './contracts';
import { type Deployment, startBlockOf } from './deployment';
import type { ChainProvider } from './provider';

const log = createLogger('dpin:chain');

/** First block that can have events of each contract of a deployment. */
export type StartBlocks = Readonly<Partial<Record<ContractName, number>>>;

/** The first block that can have events of any contract. */
export function firstBlock(starts: StartBlocks): number {
  return Math.min(...Object.values(starts));
}

/**
 * Finds the block from which on each contract's events have to be read, and checks with the contract's code that there
 * can be none before: `startBlocks` of the deployment, else `deployBlock`, else, for a contract that is older than
 * that, the block that made it. An endpoint without states that old cannot tell; then the file is believed, and the log
 * says so.
 * @throws FatalError naming DEPLOYMENT_FILE for an address without code, and for a start block after the contract's
 * beginning; RetryableError for an endpoint that has not come that far
 */
export async function findStartBlocks(
  provider: Pick<ChainProvider, 'send'>,
  deployment: Deployment,
): Promise<StartBlocks> {
  const { contracts, deployBlock, startBlocks = {} } = deployment;
  const head = Number(await provider.send('eth_blockNumber', []));
  const found: Partial<Record<ContractName, number>> = {};
  const unchecked: string[] = [];
  for (const [name, address] of Object.entries(contracts) as [ContractName, string | undefined][]) {
    if (address === undefined) continue;
    const code = new CodeHistory(provider, address);
    const given = startBlockOf(deployment, name);
    if ((await code.isThere('latest')) !== true) throw missing(name, address, given, head);
    found[name] = given;
    if (given === 0) continue;
    // After the newest block there is no state to ask for.
    const before = Math.min(given - 1, head);
    const isOlder = await code.isThere(before);
    if (isOlder === undefined) unchecked.push(name);
    if (isOlder !== true) continue;
    const beginning = await code.beginning(before);
    if (startBlocks[name] !== undefined || beginning === undefined) throw tooLate(name, address, given, beginning);
    log.info({ contract: name, fromBlock: beginning, deployBlock }, 'contract is older than deployBlock');
    found[name] = beginning;
  }
  if (unchecked.length > 0) {
    // The chain of a devnet keeps none, and its file was written by who deployed them.
    const level = deployment.chainId === DEVNET_CHAIN_ID ? 'info' : 'warn';
    log[level](
      { contracts: unchecked.join(', ') },
      'the endpoint keeps no states old enough to check start blocks; those of DEPLOYMENT_FILE are taken as they are',
    );
  }
  return found;
}

/** When one address had code. No contract of ours destroys itself. */
export class CodeHistory {
  constructor(
    private readonly provider: Pick<ChainProvider, 'send'>,
    private readonly address: string,
  ) {}

  /** Whether there was code after a block; undefined when the endpoint keeps no state of it. */
  async isThere(block: number | 'latest'): Promise<boolean | undefined> {
    const tag = block === 'latest' ? block : `0x${block.toString(16)}`;
    try {
      return (await this.provider.send('eth_getCode', [this.address, tag])) !== '0x';
    } catch (error) {
      // The endpoint's answer was an error; that it does not answer at all is a RetryableError.
      if (block === 'latest' || error instanceof RetryableError || isError(error, 'CANCELLED')) throw error;
      return undefined;
    }
  }

  /**
   * The block that made the contract, by bisection.
   * @param known a block after which there was code
   * @returns undefined when the endpoint keeps no states that old
   */
  async beginning(known: number): Promise<number | undefined> {
    let without = -1;
    let having = known;
    while (having - without > 1) {
      const middle = Math.floor((without + having) / 2);
      const isThere = await this.isThere(middle);
      if (isThere === undefined) return undefined;
      if (isThere) having = middle;
      else without = middle;
    }
    return having;
  }
}

function missing(name: ContractName, address: string, start: number, head: number): Error {
  if (head < start) {
    return new RetryableError('the endpoint has not reached the start block of a contract', { name, start, head });
  }
  return new FatalError(
    `DEPLOYMENT_FILE: no contract at ${name} ${address}`,
    'The file is of another network, or the chain was started anew; deploy again.',
    { head },
  );
}

function tooLate(name: ContractName, address: string, start: number, beginning: number | undefined): FatalError {
  const block = beginning ?? 'the block that made it';
  return new FatalError(
    `DEPLOYMENT_FILE: ${name} ${address} has code before block ${start}, where its events would be read from`,
    `Events before that block would be missing. Give it its own start in DEPLOYMENT_FILE: "startBlocks": {"${name}": ${block}}. ` +
      'If an index was made without them, index anew: npx dpin resync',
    { startBlock: start, beginning },
  );
}
