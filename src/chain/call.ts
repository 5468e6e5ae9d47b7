import type { AbiEvent, AbiFunction, EventParams, FunctionArguments, FunctionReturn } from '@subsquid/evm-abi';
import type { BlockTag, EventFragment, Interface, Provider } from 'ethers';
import { RetryableError } from '../runtime/errors';
import { type CalledName, CONTRACT_NAMES, contractInterface, isCalled } from './contracts';
import { explainEndpoint } from './refusal';
import { decodeRevert } from './revert';

/** Most blocks one eth_getLogs asks for; public endpoints refuse more. */
export const LOG_RANGE_BLOCKS = 5_000;

/** Shown of an answer that cannot be read. */
const SHOWN_CHARACTERS = 100;

/** A function or an event of src/abi, whatever its types. */
// biome-ignore lint/suspicious/noExplicitAny: callers infer the types
type AnyFunction = AbiFunction<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: callers infer the types
type AnyEvent = AbiEvent<any>;

/** Arguments of a function by name; the generated types ask for arrays that may be written to. */
export type Arguments<F extends AnyFunction> = Unwritten<FunctionArguments<F>>;
type Unwritten<T> = T extends string | number | bigint | boolean | Uint8Array
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Unwritten<Item>[]
    : { readonly [K in keyof T]: Unwritten<T[K]> };

export interface ReadOptions {
  /** Block whose state is read; default: newest. */
  blockTag?: BlockTag;
  /** Account that asks; default: none. */
  from?: string;
}

/** One deployed contract. What can be asked of it stands in src/abi, with the types of arguments and answers. */
export class DeployedContract {
  /** @param address lower-case */
  constructor(
    readonly name: CalledName,
    readonly address: string,
    private readonly provider: Provider,
  ) {}

  /** The whole ABI, with the contract's errors, which src/abi has not. */
  get abi(): Interface {
    return contractInterface(this.name);
  }

  /**
   * What a function answers in an eth_call; nothing on-chain changes. Addresses and bytes come out as lower-case hex,
   * integers of up to 32 bits as number, larger ones as bigint.
   * @throws ContractRevert with the custom error's name when the call reverts; ethers' INVALID_ARGUMENT, before the
   * chain is asked, for an argument that its type cannot hold; RetryableError when endpoints stay away, or give what is
   * no answer of it.
   */
  async read<F extends AnyFunction>(
    fn: F,
    args: Arguments<F>,
    { blockTag, from }: ReadOptions = {},
  ): Promise<FunctionReturn<F>> {
    const data = this.encode(fn, args);
    const asked = `${this.name}.${functionName(fn)}`;
    const answer = await this.provider.call({ to: this.address, data, blockTag, from }).catch((error) => {
      throw decodeRevert(error, this.abi, asked) ?? explainEndpoint(error);
    });
    try {
      return fn.decodeResult(answer) as FunctionReturn<F>;
    } catch (error) {
      throw new RetryableError(
        `RPC_URL: an endpoint gives what ${asked} cannot answer: ${answer.slice(0, SHOWN_CHARACTERS)}; ` +
          'if all say so, DEPLOYMENT_FILE names another contract',
        { contract: this.address },
        { cause: error },
      );
    }
  }

  /**
   * Call data of a function, 0x hex. ethers writes it: the codecs of src/abi, which read well, write nested arrays of
   * fixed length and integers of 72 to 128 bits wrongly.
   */
  encode<F extends AnyFunction>(fn: F, args: Arguments<F>): string {
    return this.abi.encodeFunctionData(fn.selector, inOrder(fn.args, args));
  }

  /**
   * The newest event of one kind in [fromBlock, toBlock] with these indexed arguments that `accept`s, searched
   * backwards.
   */
  async newestEvent<E extends AnyEvent>(
    event: E,
    indexed: Partial<EventParams<E>>,
    fromBlock: number,
    toBlock: number,
    accept: (event: EventParams<E>) => boolean = () => true,
  ): Promise<EventParams<E> | undefined> {
    const fragment = this.abi.getEvent(event.topic) as EventFragment;
    const topics = this.abi.encodeFilterTopics(fragment, inOrder(event.params, indexed));
    for (let to = toBlock; to >= fromBlock; to -= LOG_RANGE_BLOCKS) {
      const from = Math.max(fromBlock, to - LOG_RANGE_BLOCKS + 1);
      const logs = await this.provider.getLogs({ address: this.address, topics, fromBlock: from, toBlock: to });
      const events = logs.map(({ data, topics }) => event.decode({ data, topics: [...topics] }) as EventParams<E>);
      const found = events.findLast(accept);
      if (found) return found;
    }
    return undefined;
  }
}

/** The contracts that our programs call, at their addresses. */
export function openContracts(
  addresses: Readonly<Record<CalledName, string>>,
  provider: Provider,
): Record<CalledName, DeployedContract> {
  const contracts = CONTRACT_NAMES.filter(isCalled).map((name) => [
    name,
    new DeployedContract(name, addresses[name], provider),
  ]);
  return Object.fromEntries(contracts) as Record<CalledName, DeployedContract>;
}

/** Name of a function of src/abi, without its types. */
export function functionName(fn: AnyFunction): string {
  return fn.signature.slice(0, fn.signature.indexOf('('));
}

/** Values by name in the order of their types; undefined where there is none. */
function inOrder(types: object, values: object): unknown[] {
  return Object.keys(types).map((name) => (values as Record<string, unknown>)[name]);
}
