import type { TypedDataDomain } from 'ethers';
import { signerOf } from '../../protocol/eip712';
import type { Frame } from '../../protocol/messages';
import { helloValue } from '../../protocol/signed-values';
import { sleep } from '../../runtime/backoff';
import { monotonicMs } from '../../runtime/clock';
import { RateLimit, RateLimits } from './rate-limit';

/** Look-ups at the chain at the same time. */
const LOOKUPS_AT_ONCE = 16;
/** What the chain said of a node, or that it is away, is not asked again for so long. */
const KEY_FRESH_MS = 3_000;
/** Nodes whose key is remembered. */
const REMEMBERED_KEYS = 16_384;
/**
 * Handshakes that fail: more of them wait for their turn, so that strangers take neither the main thread (a signature
 * is 2 ms of it) nor the endpoint for themselves. Those that succeed are as many as there are nodes.
 */
const FAILURE_BURST = 100;
const FAILURES_PER_SECOND = 50;
/** Addresses of nodes that are remembered, and how often each is written down at most. */
export const REMEMBERED_ADDRESSES = 16_384;
const WRITTEN_AGAIN_MS = 3_600_000;
/** Sessions of one node, and those that end for what it did; with more of them it must wait before the next one. */
const SESSION_BURST = 100;
const SESSIONS_PER_SECOND = 1;
const BROKEN_BURST = 20;
const BROKEN_PER_SECOND = 0.5;

/** What the chain says about a node that wants in. */
export interface NodeKey {
  workerKey: string;
  devices: number;
}

/** A node as a round drew it. */
export interface DrawnNode extends NodeKey {
  nodeId: number;
}

export interface Hello {
  session: number;
  address: string;
  nonce: string;
  frame: Frame<'HELLO'>;
}

/** What became of a HELLO. */
export type Answer =
  | { state: 'accepted' }
  | { state: 'refused'; kind: 'unauthenticated' | 'signature'; detail: string }
  | { state: 'mustWait'; detail: string }
  /** The chain could not be asked whether the signer (lower-case address) is the node. */
  | { state: 'unknown'; signer: string; detail: string };

export interface HandshakeOptions {
  reporter: string;
  domain: TypedDataDomain;
  /** The node's key at the head; null for a node that does not exist or is retired. Rejects when the chain is away. */
  nodeKey(nodeId: number): Promise<NodeKey | null>;
  /** Addresses from which handshakes succeeded, for processes after this one. */
  addresses?: KnownAddresses;
}

export interface KnownAddresses {
  /** Those that are known at the start, newest first. */
  readonly known: readonly string[];
  /** A handshake from this address succeeded. Failures are the callee's to handle. */
  add(address: string): void;
}

/**
 * Finds out whether a HELLO is from the node it names. Addresses take turns, the signature is looked at before the chain
 * is asked, and nobody has more than one look-up made for a node within some seconds.
 */
export class Handshakes {
  /** By address and session. */
  private readonly waiting = new Map<string, Map<number, Hello>>();
  private readonly keys = new Map<number, { key: Promise<NodeKey | null>; askedMs: number }>();
  /** Keys of nodes as rounds drew them, for when the chain cannot be asked. */
  private readonly drawn = new Map<number, NodeKey>();
  private readonly failures = new RateLimit(FAILURE_BURST, FAILURES_PER_SECOND, monotonicMs());
  private readonly sessions = new RateLimits<number>(SESSION_BURST, SESSIONS_PER_SECOND);
  private readonly broken = new RateLimits<number>(BROKEN_BURST, BROKEN_PER_SECOND);
  /** Addresses whose last handshake succeeded, oldest first, and when that was last written down. */
  private readonly proven: Map<string, number>;
  private lookups = 0;
  private working = false;
  private closed = false;

  constructor(
    private readonly options: HandshakeOptions,
    private readonly answer: (hello: Hello, answer: Answer) => void,
  ) {
    const known = [...(options.addresses?.known ?? [])].slice(0, REMEMBERED_ADDRESSES).reverse();
    this.proven = new Map(known.map((address) => [address, monotonicMs()]));
  }

  add(hello: Hello): void {
    const queue = this.waiting.get(hello.address) ?? new Map<number, Hello>();
    this.waiting.set(hello.address, queue.set(hello.session, hello));
    void this.work();
  }

  /** Forgets the HELLO of a session that is over, if it still waits. */
  forget(session: number, address: string): void {
    const queue = this.waiting.get(address);
    if (queue?.delete(session) && queue.size === 0) this.waiting.delete(address);
  }

  /** While the chain cannot be asked, these nodes have these keys. */
  know(nodes: readonly DrawnNode[]): void {
    for (const { nodeId, ...key } of nodes) this.drawn.set(nodeId, key);
  }

  /** A session of this node ended for what it did. */
  brokeRules(nodeId: number): void {
    this.broken.take(nodeId, monotonicMs());
  }

  close(): void {
    this.closed = true;
    this.waiting.clear();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    while (this.lookups < LOOKUPS_AT_ONCE && this.waiting.size > 0) {
      // Nodes that come back do not wait for what strangers did.
      let hello = this.next((address) => this.proven.has(address));
      if (!hello) {
        const waitMs = this.failures.waitMs(monotonicMs());
        if (waitMs > 0) {
          await sleep(Math.ceil(waitMs));
          continue;
        }
        hello = this.next(() => true);
      }
      if (!hello) break;
      this.lookups += 1;
      void this.check(hello).finally(() => {
        this.lookups -= 1;
        void this.work();
      });
      // Between two signatures everything else gets its turn.
      await new Promise(setImmediate);
    }
    this.working = false;
  }

  /** The oldest of the address whose turn it is, among those wanted; the address goes to the end of the line. */
  private next(isWanted: (address: string) => boolean): Hello | undefined {
    for (const [address, queue] of this.waiting) {
      if (!isWanted(address)) continue;
      const [hello] = queue.values();
      if (hello) queue.delete(hello.session);
      this.waiting.delete(address);
      if (queue.size > 0) this.waiting.set(address, queue);
      return hello;
    }
    return undefined;
  }

  private async check(hello: Hello): Promise<void> {
    const answer = await this.judge(hello);
    if (answer.state === 'accepted') this.prove(hello.address);
    else {
      this.proven.delete(hello.address);
      this.failures.take(monotonicMs());
    }
    if (!this.closed) this.answer(hello, answer);
  }

  private prove(address: string): void {
    const nowMs = monotonicMs();
    const writtenMs = this.proven.get(address) ?? Number.NEGATIVE_INFINITY;
    const isDue = nowMs - writtenMs > WRITTEN_AGAIN_MS;
    this.proven.delete(address);
    this.proven.set(address, isDue ? nowMs : writtenMs);
    if (isDue) this.options.addresses?.add(address);
    const [oldest] = this.proven.keys();
    if (oldest !== undefined && this.proven.size > REMEMBERED_ADDRESSES) this.proven.delete(oldest);
  }

  private async judge({ frame, nonce }: Hello): Promise<Answer> {
    const { reporter, domain } = this.options;
    const { nodeId, devices, signature } = frame;
    const refused = (kind: 'unauthenticated' | 'signature', detail: string): Answer => ({
      state: 'refused',
      kind,
      detail,
    });
    const notSigned = refused('signature', `HELLO is not signed by the worker key of node ${nodeId}`);
    const signer = signerOf(domain, 'Hello', helloValue(frame, reporter, nonce), signature);
    if (!signer) return notSigned;
    let key: NodeKey | null;
    try {
      key = await this.keyOf(nodeId);
    } catch (error) {
      key = this.drawn.get(nodeId) ?? null;
      if (key?.workerKey.toLowerCase() !== signer) {
        return { state: 'unknown', signer, detail: `cannot authenticate now: ${(error as Error).message}` };
      }
    }
    if (!key) return refused('unauthenticated', `node ${nodeId} is not registered`);
    if (key.workerKey.toLowerCase() !== signer) return notSigned;
    if (key.devices !== devices) {
      const detail = `node ${nodeId} is registered with ${key.devices} devices, not ${devices}`;
      return refused('unauthenticated', detail);
    }
    const nowMs = monotonicMs();
    if (this.broken.waitMs(nodeId, nowMs) > 0) {
      return { state: 'mustWait', detail: 'too many sessions that broke the rules' };
    }
    if (!this.sessions.take(nodeId, nowMs)) return { state: 'mustWait', detail: 'too many sessions' };
    return { state: 'accepted' };
  }

  private keyOf(nodeId: number): Promise<NodeKey | null> {
    const nowMs = monotonicMs();
    const known = this.keys.get(nodeId);
    if (known && nowMs - known.askedMs < KEY_FRESH_MS) return known.key;
    const key = this.options.nodeKey(nodeId);
    this.keys.delete(nodeId);
    this.keys.set(nodeId, { key, askedMs: nowMs });
    for (const oldest of this.keys.keys()) {
      if (this.keys.size <= REMEMBERED_KEYS) break;
      this.keys.delete(oldest);
    }
    return key;
  }
}
