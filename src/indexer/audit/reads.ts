import type { AbiFunction, FunctionReturn } from '@subsquid/evm-abi';
import { isError } from 'ethers';
import { type Arguments, type DeployedContract, functionName } from '../../chain/call';
import type { CalledName } from '../../chain/contracts';
import { FatalError } from '../../runtime/errors';
import { wait } from '../../runtime/patience';
import { type Endpoint, valueIn } from '../source/rpc/endpoint';
import { RpcFailure } from '../source/rpc/failure';
import type { EndpointPool } from '../source/rpc/pool';
import { parseHeader, toHex } from '../source/rpc/shapes';
import type { BlockRef } from '../source/types';

/** Calls in one request. */
const CALLS_A_REQUEST = 100;
/** Endpoints are asked for a state that they lack so often, all of them together, before there is none. */
const ATTEMPTS = 8;
/** Words by which endpoints say that they keep no state of a block; each has its own. */
const NO_STATE_WORDS =
  /missing trie node|no state|state.{0,40}(not available|unavailable|not found|missing|pruned|discarded)|pruned|historical|archive|out ?of ?range|distance to target|too old|old data/i;
const NO_BLOCK_WORDS = /not found|not (currently )?canonical|unknown block/i;

// biome-ignore lint/suspicious/noExplicitAny: callers infer the types
type AnyFunction = AbiFunction<any, any>;

/** Reads of contracts at one block; undefined where the contract reverts: it knows no such thing. */
export type Read = <F extends AnyFunction>(
  contract: CalledName,
  fn: F,
  args: Arguments<F>,
) => Promise<FunctionReturn<F> | undefined>;

/** Contracts cannot be asked for such a row: its number is out of range, or its address is none. */
export class NoKey extends Error {
  override readonly name = 'NoKey';
}

/** The chain does not have the block any more: a reorg took it. */
export class BlockGone extends Error {
  override readonly name = 'BlockGone';
}

/** No endpoint keeps the state of the block. */
export class StateGone extends FatalError {
  constructor({ height }: BlockRef, reason: string) {
    super(
      `RPC_URL: no endpoint keeps the state of contracts at block ${height}: ${reason}`,
      'An audit reads all contracts at one block. Add an endpoint with archive to RPC_URL; or, where states are kept for a ' +
        'while, raise AUDIT_CALLS_PER_SECOND so that the audit is over before, and let the index catch up first.',
    );
  }
}

interface Waiting {
  to: string;
  data: string;
  take(answer: string | undefined): void;
  fail(error: unknown): void;
}

/**
 * Reads contracts as they were after one block, named by its hash, so that no answer can be of another one. Reads that
 * are asked for at once go into requests together, no more than so many a second.
 */
export class StateReads {
  private waiting: Waiting[] = [];
  private working: Promise<void> = Promise.resolve();
  private nextAtMs = 0;

  constructor(
    private readonly pool: EndpointPool,
    private readonly contracts: Record<CalledName, DeployedContract>,
    private readonly block: BlockRef,
    private readonly options: { callsPerSecond: number; signal: AbortSignal },
  ) {}

  /** @throws NoKey, BlockGone, StateGone; RetryableError when endpoints stay away; the signal's reason */
  readonly read: Read = async (name, fn, args) => {
    const contract = this.contracts[name];
    const data = encoded(contract, fn, args);
    const answer = await new Promise<string | undefined>((take, fail) => {
      if (this.waiting.length === 0) setImmediate(() => this.flush());
      this.waiting.push({ to: contract.address, data, take, fail });
    });
    if (answer === undefined) return undefined;
    try {
      return fn.decodeResult(answer);
    } catch (error) {
      throw new FatalError(
        `RPC_URL: an endpoint gives what ${name}.${functionName(fn)} cannot answer: ${answer.slice(0, 100)}`,
        'Take that endpoint out of RPC_URL; if all say so, DEPLOYMENT_FILE names another contract.',
        { contract: contract.address, block: this.block.height },
        { cause: error },
      );
    }
  };

  private flush(): void {
    const calls = this.waiting;
    this.waiting = [];
    this.working = this.working.then(async () => {
      for (let at = 0; at < calls.length; at += CALLS_A_REQUEST) {
        const some = calls.slice(at, at + CALLS_A_REQUEST);
        await this.ask(some).catch((error) => {
          for (const { fail } of some) fail(error);
        });
      }
    });
  }

  private async ask(calls: readonly Waiting[]): Promise<void> {
    await this.turn(calls.length);
    let attempts = 0;
    const answers = await this.pool.withRetry(async (endpoint) => {
      try {
        return await this.on(endpoint, calls);
      } catch (error) {
        if (!(error instanceof RpcFailure) || !isAboutTheBlock(error)) throw error;
        if (await this.isGone(endpoint)) throw new BlockGone(`block ${this.block.height}`);
        if (++attempts >= ATTEMPTS) throw new StateGone(this.block, error.message);
        throw new RpcFailure('stale', error.message);
      }
    });
    for (const [index, { take }] of calls.entries()) take(answers[index]);
  }

  /** Answers in the order of the calls; undefined for those that revert. @throws RpcFailure */
  private async on(endpoint: Endpoint, calls: readonly Waiting[]): Promise<(string | undefined)[]> {
    const at = { blockHash: this.block.hash, requireCanonical: true };
    const answers = await endpoint.batch(
      calls.map(({ to, data }) => ({ method: 'eth_call', params: [{ to, data }, at] })),
    );
    return answers.map((answer) => {
      if (answer.failure && /\brevert/i.test(answer.failure.message)) return undefined;
      const value = valueIn(answer);
      if (typeof value === 'string' && /^0x[0-9a-f]*$/i.test(value)) return value;
      throw new RpcFailure('unsound', `eth_call gives ${String(value).slice(0, 100)}`);
    });
  }

  /** Whether the chain has another block at this height. */
  private async isGone(endpoint: Endpoint): Promise<boolean> {
    const header = parseHeader(await endpoint.call('eth_getBlockByNumber', toHex(this.block.height), false));
    return header !== undefined && header.hash !== this.block.hash;
  }

  /** Waits until the calls may be made. */
  private async turn(calls: number): Promise<void> {
    const { callsPerSecond, signal } = this.options;
    const nowMs = performance.now();
    const startMs = Math.max(nowMs, this.nextAtMs);
    this.nextAtMs = startMs + (calls * 1_000) / callsPerSecond;
    await wait(startMs - nowMs, signal);
  }
}

function encoded<F extends AnyFunction>(contract: DeployedContract, fn: F, args: Arguments<F>): string {
  try {
    return contract.encode(fn, args);
  } catch (error) {
    if (isError(error, 'INVALID_ARGUMENT')) throw new NoKey(error.shortMessage, { cause: error });
    throw error;
  }
}

function isAboutTheBlock({ kind, message }: RpcFailure): boolean {
  if (kind !== 'stale' && kind !== 'refused') return false;
  return NO_STATE_WORDS.test(message) || NO_BLOCK_WORDS.test(message);
}
