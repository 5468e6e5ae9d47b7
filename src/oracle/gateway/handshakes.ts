import type { TypedDataDomain } from 'ethers';
import { signerOf } from '../../protocol/eip712';
import type { Frame } from '../../protocol/messages';
import { RECONNECT_MS } from '../../protocol/rounds/decide';
import { helloValue } from '../../protocol/signed-values';
import { sleep } from '../../runtime/backoff';
import { monotonicMs } from '../../runtime/clock';
import type { DrawnNode } from '../rounds/ports';
import { type NodeAddress, NodeAddresses } from './node-addresses';
import { type NodeKey, NodeKeys } from './node-keys';
import { RateLimit, RateLimits } from './rate-limit';

/** HELLOs looked at at the same time; as many again from addresses that nodes logged in from. */
const CHECKS_AT_ONCE = 16;
/**
 * Handshakes that fail: more of them wait for their turn, so that strangers take neither the main thread (a signature
 * is 2 ms of it) nor the endpoint for themselves. Those that succeed are as many as there are nodes.
 */
const FAILURE_BURST = 100;
const FAILURES_PER_SECOND = 50;
/** The same of one address that nodes logged in from; with more of them it is a stranger's. */
const ADDRESS_FAILURE_BURST = 20;
const ADDRESS_FAILURES_PER_SECOND = 1;
/** Sessions of one node, and those that end for what it did; with more of them it must wait before the next one. */
const SESSION_BURST = 100;
const SESSIONS_PER_SECOND = 1;
const BROKEN_BURST = 20;
const BROKEN_PER_SECOND = 0.5;

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
  /** It may come again later: the node came too often, or the chain is away. */
  | { state: 'mustWait'; detail: string };

export interface HandshakeOptions {
  reporter: string;
  domain: TypedDataDomain;
  /** The node's key at the head; null for a node that does not exist or is retired. Rejects when the chain is away. */
  nodeKey(nodeId: number): Promise<NodeKey | null>;
  /** Where nodes logged in from, for processes after this one. */
  addresses?: {
    /** What earlier processes wrote down, oldest first. */
    readonly known: readonly NodeAddress[];
    /** Writes one down; failures are the callee's to handle. */
    add(at: NodeAddress): void;
  };
}

/**
 * Finds out whether a HELLO is from the node it names. Addresses take turns, those that nodes logged in from before
 * those of strangers; the signature is looked at before the chain is asked.
 */
export class Handshakes {
  /** By address and session. */
  private readonly waiting = new Map<string, Map<number, Hello>>();
  private readonly keys: NodeKeys;
  private readonly addresses: NodeAddresses;
  private readonly failures = new RateLimit(FAILURE_BURST, FAILURES_PER_SECOND, monotonicMs());
  private readonly failuresOf = new RateLimits<string>(ADDRESS_FAILURE_BURST, ADDRESS_FAILURES_PER_SECOND);
  private readonly sessions = new RateLimits<number>(SESSION_BURST, SESSIONS_PER_SECOND);
  private readonly broken = new RateLimits<number>(BROKEN_BURST, BROKEN_PER_SECOND);
  /** Node and signer of HELLOs that the chain was not asked about yet, or could not be; oldest first, and when. */
  private readonly unanswered = new Map<string, number>();
  private checks = 0;
  private working = false;
  private closed = false;

  constructor(
    private readonly options: HandshakeOptions,
    private readonly answer: (hello: Hello, answer: Answer) => void,
  ) {
    const { nodeKey, addresses } = options;
    this.keys = new NodeKeys((nodeId) => nodeKey(nodeId));
    this.addresses = new NodeAddresses(addresses?.known ?? [], (at) => addresses?.add(at));
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

  /** A session of this node ended for what it did. */
  brokeRules(nodeId: number): void {
    this.broken.take(nodeId, monotonicMs());
  }

  /** While the chain is away these nodes have these keys, unless it said otherwise later than `atMs` (since 1970). */
  learn(nodes: readonly DrawnNode[], atMs: number): void {
    this.keys.learn(nodes, atMs);
  }

  /** The node said HELLO with this key shortly before now, and the chain could not be asked whether it is its key. */
  wasTurnedAway(nodeId: number, workerKey: string): boolean {
    const atMs = this.unanswered.get(unansweredKey(nodeId, workerKey.toLowerCase()));
    return atMs !== undefined && monotonicMs() - atMs <= RECONNECT_MS;
  }

  close(): void {
    this.closed = true;
    this.waiting.clear();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    while (this.checks < 2 * CHECKS_AT_ONCE && this.waiting.size > 0) {
      let hello = this.next((address) => this.comesFirst(address));
      if (!hello) {
        if (this.checks >= CHECKS_AT_ONCE) break;
        const waitMs = this.failures.waitMs(monotonicMs());
        if (waitMs > 0) {
          await sleep(Math.ceil(waitMs));
          continue;
        }
        hello = this.next(() => true);
      }
      if (!hello) break;
      this.checks += 1;
      void this.check(hello).finally(() => {
        this.checks -= 1;
        void this.work();
      });
      // Between two signatures everything else gets its turn.
      await new Promise(setImmediate);
    }
    this.working = false;
  }

  private comesFirst(address: string): boolean {
    return this.addresses.has(address) && this.failuresOf.waitMs(address, monotonicMs()) === 0;
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
    const { address, frame } = hello;
    const answer = await this.judge(hello).catch(
      (error: Error): Answer => ({ state: 'mustWait', detail: `cannot authenticate now: ${error.message}` }),
    );
    const nowMs = monotonicMs();
    if (answer.state === 'accepted') this.addresses.add({ nodeId: frame.nodeId, address });
    else if (this.addresses.has(address)) this.failuresOf.take(address, nowMs);
    else this.failures.take(nowMs);
    if (!this.closed) this.answer(hello, answer);
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
    // Who would be let in while the chain is away has no excuse for being out.
    if (!this.keys.has(nodeId, signer)) this.noteUnanswered(nodeId, signer);
    const known = await this.keys.of(nodeId);
    const isKnownKey = known?.key?.workerKey.toLowerCase() === signer;
    const isNode = isKnownKey && known?.key?.devices === devices;
    if (known?.isFresh) this.unanswered.delete(unansweredKey(nodeId, signer));
    if (!known?.isFresh && !isNode) return { state: 'mustWait', detail: 'the chain cannot be asked who this is' };
    if (!known?.key) return refused('unauthenticated', `node ${nodeId} is not registered`);
    if (!isKnownKey) return notSigned;
    if (!isNode) {
      const detail = `node ${nodeId} is registered with ${known.key.devices} devices, not ${devices}`;
      return refused('unauthenticated', detail);
    }
    const nowMs = monotonicMs();
    if (this.broken.waitMs(nodeId, nowMs) > 0) {
      return { state: 'mustWait', detail: 'too many sessions that broke the rules' };
    }
    if (!this.sessions.take(nodeId, nowMs)) return { state: 'mustWait', detail: 'too many sessions' };
    return { state: 'accepted' };
  }

  private noteUnanswered(nodeId: number, signer: string): void {
    const nowMs = monotonicMs();
    for (const [oldest, atMs] of this.unanswered) {
      if (nowMs - atMs <= RECONNECT_MS) break;
      this.unanswered.delete(oldest);
    }
    const key = unansweredKey(nodeId, signer);
    this.unanswered.delete(key);
    this.unanswered.set(key, nowMs);
  }
}

function unansweredKey(nodeId: number, signer: string): string {
  return `${nodeId} ${signer}`;
}
