import { createLogger } from '@subsquid/logger';
import { backoffMs, sleep } from '../../../runtime/backoff';
import { monotonicMs } from '../../../runtime/clock';
import { FatalError, RetryableError } from '../../../runtime/errors';
import { Endpoint } from './endpoint';
import { type FailureKind, RpcFailure } from './failure';
import { parseQuantity } from './shapes';

const log = createLogger('dpin:indexer:rpc');

/** A failed endpoint rests; the longer, the more often in a row: first and longest rest by what happened. */
const RESTS_MS: Record<FailureKind, readonly [first: number, longest: number]> = {
  away: [200, 10_000],
  timeout: [200, 10_000],
  limited: [1_000, 60_000],
  refused: [200, 10_000],
  stale: [100, 2_000],
  unsound: [200, 10_000],
};
/**
 * Where another endpoint goes on meanwhile, one that gives no answer at all rests this long, then twice as long, …: each
 * attempt costs the time of a request that is not answered, and nothing is lost without it.
 */
const SHORTEST_REST_WITH_OTHERS_MS = 5_000;
/** One whose answer another, or the header of the block, disproved. */
const REST_OF_THE_DISTRUSTED_MS = 10_000;
/** Refusals and unsound answers of all endpoints, one after the other, before the work is given up: about a minute. */
const GIVE_UP_AFTER = 12;
/** A load balancer sends one request to a replica behind, and perhaps the next two; more in a row are worth a line. */
const SILENT_STALE = 3;
/** A short question whose answer takes longer is worth a line: the index waits for every healthy endpoint. */
const SLOW_MS = 3_000;
/** While the same goes on it is said again this often. */
const SAY_AGAIN_MS = 60_000;

/** How an endpoint does. */
interface Health {
  endpoint: Endpoint;
  /** Failures since it last worked, by kind. */
  failures: Map<FailureKind, number>;
  restsUntilMs: number;
  /** Since when it has been failing, and when that was last said. */
  failingSinceMs?: number;
  saidAtMs?: number;
  saidKind?: FailureKind;
  distrustSaidAtMs?: number;
  slowSaidAtMs?: number;
  /** It has answered with the right chain id since it last failed to answer at all. */
  verified: boolean;
}

/** Work on one endpoint, all of whose answers are to be of one view of the chain. */
export type Work<T> = (endpoint: Endpoint) => Promise<T>;

/** Several endpoints of one chain: the first healthy one in the order of the setting is asked. */
export class EndpointPool {
  private readonly all: Health[];

  /** @param chainId that each must answer with */
  constructor(
    urls: readonly string[],
    private readonly chainId: number,
    timeoutMs?: number,
  ) {
    this.all = urls.map((url) => ({
      endpoint: new Endpoint(url, timeoutMs),
      failures: new Map(),
      restsUntilMs: 0,
      verified: false,
    }));
  }

  /** Number of endpoints, resting ones too. */
  get size(): number {
    return this.all.length;
  }

  /**
   * Does the work on one endpoint after the other, with growing rests, until it is done. A connection that is away, a
   * rate limit and a replica behind are waited out without end, and said so.
   * @throws RetryableError when every endpoint keeps refusing the work; FatalError when one is of another chain before
   * any was of ours; what the work throws but RpcFailure
   */
  async withRetry<T>(work: Work<T>): Promise<T> {
    let refusals = 0;
    for (;;) {
      const health = await this.firstReady();
      try {
        return await this.workOn(health, work);
      } catch (error) {
        if (!(error instanceof RpcFailure)) throw error;
        if (error.kind !== 'refused' && error.kind !== 'unsound') continue;
        if (++refusals < GIVE_UP_AFTER) continue;
        throw new RetryableError(
          `RPC endpoint keeps refusing: ${error.message}. Look at its limits, or add another to RPC_URL`,
          { url: health.endpoint.shown },
          { cause: error },
        );
      }
    }
  }

  /** Does the work on a healthy endpoint other than this one; undefined when there is none or it fails. */
  async tryAnother<T>(than: Endpoint, work: Work<T>): Promise<T | undefined> {
    return this.unlessFailed(
      this.healthy().find(({ endpoint }) => endpoint !== than),
      work,
    );
  }

  /** What the work comes to on each healthy endpoint other than this one, where it does not fail. */
  async allElsewhere<T>(than: Endpoint, work: Work<T>): Promise<T[]> {
    const others = this.healthy().filter(({ endpoint }) => endpoint !== than);
    const startMs = monotonicMs();
    const done = await Promise.all(
      others.map(async (health) => {
        // In a list of its own each, as `undefined` may be what the work comes to.
        const one = await this.unlessFailed(health, async (other) => [await work(other)]);
        if (one !== undefined) this.saySlow(health, monotonicMs() - startMs);
        return one ?? [];
      }),
    );
    return done.flat();
  }

  /** Does the work on the first healthy endpoint, if there is one; undefined when it fails there. */
  async tryFirst<T>(work: Work<T>): Promise<T | undefined> {
    return this.unlessFailed(this.healthy()[0], work);
  }

  /** All endpoints that do not rest, in the order of preference, this one last. */
  others(last: Endpoint): Endpoint[] {
    const endpoints = this.healthy().map(({ endpoint }) => endpoint);
    return [...endpoints.filter((endpoint) => endpoint !== last), last];
  }

  /** Says that an endpoint answered wrongly; where there are others it rests. */
  distrust(endpoint: Endpoint, reason: string): void {
    const health = this.all.find((one) => one.endpoint === endpoint) as Health;
    const nowMs = Date.now();
    if (nowMs - (health.distrustSaidAtMs ?? 0) >= SAY_AGAIN_MS) {
      health.distrustSaidAtMs = nowMs;
      log.warn({ url: endpoint.shown, reason }, 'RPC endpoint gave a wrong answer');
    }
    if (this.all.length > 1) health.restsUntilMs = nowMs + REST_OF_THE_DISTRUSTED_MS;
  }

  private async unlessFailed<T>(health: Health | undefined, work: Work<T>): Promise<T | undefined> {
    if (health === undefined) return undefined;
    try {
      return await this.workOn(health, work);
    } catch (error) {
      if (error instanceof RpcFailure) return undefined;
      throw error;
    }
  }

  private async workOn<T>(health: Health, work: Work<T>): Promise<T> {
    try {
      if (!health.verified) await this.verify(health);
      const result = await work(health.endpoint);
      this.worked(health);
      return result;
    } catch (error) {
      if (error instanceof RpcFailure) this.failed(health, error);
      throw error;
    }
  }

  private async verify(health: Health): Promise<void> {
    const answered = parseQuantity(await health.endpoint.call('eth_chainId'));
    if (answered !== this.chainId) {
      // It must not stop those that work.
      if (this.all.some(({ verified }) => verified)) {
        this.distrust(health.endpoint, `it is of chain ${answered}, not ${this.chainId}`);
        throw new RpcFailure('unsound', `it is of chain ${answered}`);
      }
      throw new FatalError(
        `CHAIN_ID: is ${this.chainId}, but the endpoint ${health.endpoint.shown} of RPC_URL answers ${answered}`,
        'Correct CHAIN_ID or take that endpoint out of RPC_URL; 56 is BNB Chain, 97 its testnet, 31337 a devnet.',
      );
    }
    health.verified = true;
  }

  /** The first endpoint that does not rest; waits for the one that is ready first. */
  private async firstReady(): Promise<Health> {
    for (;;) {
      const [ready] = this.healthy();
      if (ready !== undefined) return ready;
      await sleep(Math.max(1, Math.min(...this.all.map(({ restsUntilMs }) => restsUntilMs)) - Date.now()));
    }
  }

  private healthy(): Health[] {
    return this.all.filter(({ restsUntilMs }) => restsUntilMs <= Date.now());
  }

  private failed(health: Health, failure: RpcFailure): void {
    const [first, longest] = RESTS_MS[failure.kind];
    const before = health.failures.get(failure.kind) ?? 0;
    health.failures.set(failure.kind, before + 1);
    let restMs = backoffMs(before, first, longest);
    if (failure.kind === 'away' || failure.kind === 'timeout') {
      health.verified = false;
      const longerMs = SHORTEST_REST_WITH_OTHERS_MS * 2 ** Math.min(before, 4);
      if (this.all.length > 1) restMs = Math.max(restMs, longerMs);
    }
    if (failure.retryAfterMs !== undefined) {
      restMs = Math.max(restMs, failure.retryAfterMs);
    }
    const nowMs = Date.now();
    health.restsUntilMs = Math.max(health.restsUntilMs, nowMs + restMs);
    health.failingSinceMs ??= nowMs;
    // A replica that is one block behind for a moment is everyday life.
    if (failure.kind !== 'stale' || before >= SILENT_STALE) this.say(health, failure, restMs, nowMs);
  }

  private saySlow(health: Health, elapsedMs: number): void {
    const nowMs = Date.now();
    if (elapsedMs < SLOW_MS || nowMs - (health.slowSaidAtMs ?? 0) < SAY_AGAIN_MS) return;
    health.slowSaidAtMs = nowMs;
    log.warn(
      { url: health.endpoint.shown, elapsedMs: Math.round(elapsedMs) },
      'RPC endpoint is slow, and the index waits for it: what is final must be so at two endpoints',
    );
  }

  private say(health: Health, failure: RpcFailure, waitMs: number, nowMs: number): void {
    if (failure.kind === health.saidKind && nowMs - (health.saidAtMs ?? 0) < SAY_AGAIN_MS) return;
    health.saidKind = failure.kind;
    health.saidAtMs = nowMs;
    log.warn({ url: health.endpoint.shown, reason: failure.message, waitMs }, SAID[failure.kind]);
  }

  private worked(health: Health): void {
    health.failures.clear();
    if (health.failingSinceMs === undefined) return;
    if (health.saidAtMs !== undefined) {
      const awayMs = Date.now() - health.failingSinceMs;
      log.info({ url: health.endpoint.shown, awayMs }, 'RPC endpoint is back');
    }
    health.failingSinceMs = undefined;
    health.saidAtMs = undefined;
    health.saidKind = undefined;
  }
}

const SAID: Record<FailureKind, string> = {
  away: 'RPC endpoint away; trying again',
  timeout: 'RPC endpoint does not answer in time; trying again',
  limited: 'RPC endpoint limits the rate; waiting',
  refused: 'RPC endpoint answered with an error; trying again',
  stale: 'RPC endpoint is behind; trying again',
  unsound: 'RPC endpoint gave a wrong answer; trying again',
};
