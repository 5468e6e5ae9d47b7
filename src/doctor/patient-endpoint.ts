import { Endpoint } from '../indexer/source/rpc/endpoint';
import { RpcFailure } from '../indexer/source/rpc/failure';
import { sleep } from '../runtime/backoff';

/** One request. */
const ANSWER_MS = 5_000;
/** Requests under way at the same time: a burst of all checks would meet the limits of a small plan. */
const AT_ONCE = 4;
/** Waits after an answer that limits the rate, when it does not say how long. */
const WAITS_MS = [500, 1_000, 2_000, 4_000];
const LONGEST_WAIT_MS = 5_000;

/** A smaller request of these may be answered when a larger one was not. */
const OF_ALL_SIZES = ['eth_getLogs'];

/**
 * An endpoint that many checks ask at once: a few at a time, and again when it limits the rate. What it did not answer
 * once is not waited for again.
 */
export class PatientEndpoint {
  /** Without path, query and password, which carry API keys. */
  readonly shown: string;
  private readonly endpoint: Endpoint;
  private readonly waiting: (() => void)[] = [];
  private free = AT_ONCE;
  /** Of methods that hang. */
  private readonly hanging = new Map<string, RpcFailure>();

  constructor(url: string) {
    this.endpoint = new Endpoint(url, ANSWER_MS);
    this.shown = this.endpoint.shown;
  }

  /** @throws RpcFailure */
  async call(method: string, ...params: unknown[]): Promise<unknown> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await this.patiently(method, params);
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }

  private async patiently(method: string, params: readonly unknown[]): Promise<unknown> {
    for (let attempt = 0; ; attempt++) {
      try {
        const hanging = this.hanging.get(method);
        if (hanging) throw hanging;
        return await this.endpoint.call(method, ...params);
      } catch (error) {
        if (!(error instanceof RpcFailure)) throw error;
        if (error.kind === 'timeout' && !OF_ALL_SIZES.includes(method)) this.hanging.set(method, error);
        const waitMs = WAITS_MS[attempt];
        if (error.kind !== 'limited' || waitMs === undefined) throw error;
        await sleep(Math.min(LONGEST_WAIT_MS, error.retryAfterMs ?? waitMs));
      }
    }
  }
}
