import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type BlockTag, type EventFragment, Interface, type Log, type Provider, type Result } from 'ethers';
import { PROJECT_ROOT } from '../runtime/project';
import { decodeRevert } from './revert';

/** Most blocks one eth_getLogs asks for; public endpoints refuse more. */
const LOG_RANGE_BLOCKS = 5_000;

const interfaces = new Map<string, Interface>();

/** ABI of a contract of this project, read once from abi/<name>.json. */
export function contractInterface(name: string): Interface {
  let found = interfaces.get(name);
  if (!found) {
    const file = path.join(PROJECT_ROOT, 'abi', `${name}.json`);
    found = new Interface(readFileSync(file, 'utf8'));
    interfaces.set(name, found);
  }
  return found;
}

export interface ReadOptions {
  /** Block whose state is read; default: newest. */
  blockTag?: BlockTag;
}

export interface DecodedEvent {
  name: string;
  args: Result;
  log: Log;
}

/** One deployed contract: reads, call data and events by name. The typed wrappers in contracts.ts build on it. */
export class ContractBinding {
  constructor(
    readonly name: string,
    readonly address: string,
    protected readonly provider: Provider,
    readonly abi: Interface = contractInterface(name),
  ) {}

  /**
   * eth_call of a view function; the named results in ABI order.
   * @throws ContractRevert with the custom error's name when the call reverts.
   */
  protected async read(method: string, args: readonly unknown[], options: ReadOptions = {}): Promise<Result> {
    const data = this.abi.encodeFunctionData(method, [...args]);
    try {
      const answer = await this.provider.call({ to: this.address, data, blockTag: options.blockTag });
      return this.abi.decodeFunctionResult(method, answer);
    } catch (error) {
      throw decodeRevert(error, this.abi, `${this.name}.${method}`) ?? error;
    }
  }

  /** Call data of a function, 0x hex. */
  protected encode(method: string, args: readonly unknown[]): string {
    return this.abi.encodeFunctionData(method, [...args]);
  }

  /** Events of one kind in [fromBlock, toBlock] in chain order; `indexed` filters by indexed arguments (null: any). */
  protected async events(
    event: string,
    indexed: readonly unknown[],
    fromBlock: number,
    toBlock: number,
  ): Promise<DecodedEvent[]> {
    const found: DecodedEvent[] = [];
    for (let from = fromBlock; from <= toBlock; from += LOG_RANGE_BLOCKS) {
      found.push(...(await this.eventsInRange(event, indexed, from, Math.min(toBlock, from + LOG_RANGE_BLOCKS - 1))));
    }
    return found;
  }

  /** The newest event of one kind in [fromBlock, toBlock] that `accept`s, searched backwards. */
  protected async newestEvent(
    event: string,
    indexed: readonly unknown[],
    fromBlock: number,
    toBlock: number,
    accept: (args: Result) => boolean,
  ): Promise<DecodedEvent | undefined> {
    for (let to = toBlock; to >= fromBlock; to -= LOG_RANGE_BLOCKS) {
      const from = Math.max(fromBlock, to - LOG_RANGE_BLOCKS + 1);
      const found = (await this.eventsInRange(event, indexed, from, to)).reverse().find(({ args }) => accept(args));
      if (found) return found;
    }
    return undefined;
  }

  private async eventsInRange(event: string, indexed: readonly unknown[], fromBlock: number, toBlock: number) {
    const fragment = this.abi.getEvent(event) as EventFragment;
    const topics = this.abi.encodeFilterTopics(fragment, [...indexed]);
    const logs = await this.provider.getLogs({ address: this.address, topics, fromBlock, toBlock });
    return logs.map((log) => ({ name: event, args: this.abi.decodeEventLog(fragment, log.data, log.topics), log }));
  }
}
