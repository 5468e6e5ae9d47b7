import type { Logger } from '@subsquid/logger';
import { CLOSE, type Frame, FrameError } from '../../protocol/messages';
import { monotonicMs } from '../../runtime/clock';
import type { DrawnNode } from '../rounds/ports';
import type { Incident } from '../store/incidents';
import { type Answer, type HandshakeOptions, Handshakes, type Hello } from './handshakes';
import { ThreadLink } from './thread-link';
import {
  type Adapters,
  dispatch,
  type ExpectedOpening,
  type FromThread,
  type GatewayLimits,
  type Handlers,
  type Outgoing,
  type Refusal,
  type Standstill,
  type ThreadOptions,
} from './thread-messages';

/** Standstills are kept so long. */
const STANDSTILLS_MS = 3_600_000;
/** Shorter ones are everyday events on a busy machine. */
const WORTH_A_LINE_MS = 1_000;

/** Limits of a reporter that knows nothing special about its nodes. */
export const USUAL_LIMITS: GatewayLimits = { strangers: 1_024, perAddress: 256, handshakeMs: 5_000, messageMs: 30_000 };

/**
 * What the rounds do with a node's messages. Times are of the monotonic clock, taken in the thread of the sockets. The
 * first three throw FrameError to end the session of the node.
 */
export interface NodeMessages {
  onCommit(nodeId: number, frame: Frame<'COMMIT'>, receivedMs: number): void;
  onBusy(nodeId: number, frame: Frame<'BUSY'>, receivedMs: number): void;
  /** A whole opening of those that `expect` named. The bytes are the callee's. */
  onReveal(nodeId: number, round: number, device: number, opening: Uint8Array, receivedMs: number): void;
  /** A node has a session from now on; also called when a new one replaces it. */
  onReady(nodeId: number): void;
  /** A node's session is over without blame, and no newer one replaces it. */
  onGone(nodeId: number): void;
  /** A node broke the rules; its session is over. `onGone` is not called as well. */
  onBroken(nodeId: number, atMs: number): void;
  /** Round under way, for the incident's row. */
  currentRound(): number | null;
}

export interface GatewayOptions
  extends Pick<ThreadOptions, 'host' | 'port' | 'chainId' | 'registry' | 'reporter' | 'software' | 'firstRound'>,
    HandshakeOptions {
  limits?: Partial<GatewayLimits>;
  log: Logger;
  messages: NodeMessages;
  /** Writes a refusal down; failures are the callee's to handle. */
  addIncident(incident: Incident): void;
}

interface Member {
  session: number;
  adapters: Adapters;
}

/** Where a message came from. */
interface Received {
  session: number;
  nodeId: number;
  bytes: number;
  receivedMs: number;
}

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/**
 * WebSocket server that nodes dial. Sockets live in a thread of their own; this is its main-thread side. One session per
 * node: a newer authenticated one replaces the older.
 */
export class Gateway {
  private readonly link: ThreadLink;
  private readonly handshakes: Handshakes;
  private readonly nodes = new Map<number, Member>();
  private readonly expected = new Map<number, Map<string, ExpectedOpening>>();
  private readonly asks = new Map<number, Waiting<(number | null)[]> & { frames: number }>();
  private readonly syncs = new Map<number, Waiting<void>>();
  private stood: Standstill[] = [];
  private nextId = 0;
  private sinceMs = Number.POSITIVE_INFINITY;

  constructor(private readonly options: GatewayOptions) {
    const { host, port, chainId, registry, reporter, software, firstRound, log } = options;
    const limits = { ...USUAL_LIMITS, ...options.limits };
    this.handshakes = new Handshakes(options, (hello, answer) => this.answered(hello, answer));
    const handlers = this.handlers();
    this.link = new ThreadLink(
      { host, port, chainId, registry, reporter, software, limits, firstRound },
      {
        onMessage: (message) => dispatch(handlers, message),
        onDown: (error) => this.down(error),
        onUp: (standstill) => this.up(standstill),
        onDelay: (error) => log.error({ error: error.message }, 'the gateway cannot listen; tried again'),
      },
    );
  }

  /** Starts listening. @returns the port. @throws FatalError when the address is taken or not ours */
  async listen(): Promise<number> {
    const port = await this.link.start();
    this.sinceMs = monotonicMs();
    return port;
  }

  /** Tells every node to come back later and stops listening. */
  async close(): Promise<void> {
    this.handshakes.close();
    await this.link.close();
    this.rejectWaiting(new Error('the gateway is closed'));
  }

  /** Monotonic time since which sockets are listened to; infinite while they are not. */
  get listeningSinceMs(): number {
    return this.sinceMs;
  }

  /** True while the node has an authenticated session. */
  isReachable(nodeId: number): boolean {
    return this.nodes.has(nodeId);
  }

  /** Number of authenticated sessions. */
  get size(): number {
    return this.nodes.size;
  }

  /** What the node said device `device` is; undefined without a session. */
  adapter(nodeId: number, device: number): Adapters[number] | undefined {
    return this.nodes.get(nodeId)?.adapters[device];
  }

  /**
   * Sends frames that a clock starts with. All are handed over before the first leaves.
   * @returns the monotonic time in ms just before each was sent, null where the node has no session
   */
  ask(frames: readonly Outgoing[]): Promise<(number | null)[]> {
    const id = this.nextId++;
    if (!this.link.post({ type: 'ask', id, frames })) return Promise.resolve(frames.map(() => null));
    return new Promise((resolve, reject) => this.asks.set(id, { frames: frames.length, resolve, reject }));
  }

  /** A round drew these nodes at this time (ms since 1970): they can log in while the chain is away. */
  rememberDrawn(nodes: readonly DrawnNode[], atMs: number): void {
    this.handshakes.learn(nodes, atMs);
  }

  /** The node said HELLO with this key shortly before now, and the chain could not be asked whether it is its key. */
  wasTurnedAway(nodeId: number, workerKey: string): boolean {
    return this.handshakes.wasTurnedAway(nodeId, workerKey);
  }

  /** Sends a frame to a node, if it has a session. */
  send(nodeId: number, text: string): void {
    this.link.post({ type: 'send', nodeId, text });
  }

  /** From now on these openings of a round may come, each once. */
  expect(round: number, openings: readonly ExpectedOpening[]): void {
    const awaited = this.expected.get(round) ?? new Map<string, ExpectedOpening>();
    for (const opening of openings) awaited.set(`${opening.nodeId}/${opening.device}`, opening);
    this.expected.set(round, awaited);
    this.link.post({ type: 'expect', round, openings });
  }

  /** The round is over: what still comes for it is dropped in silence. */
  expectNoMore(round: number): void {
    this.expected.delete(round);
    this.link.post({ type: 'expectNoMore', round });
  }

  /**
   * Resolves once everything that was received before a monotonic time has been handed to the rounds, and every
   * standstill before it is known. @throws Error when the thread died: then nobody can say what came
   */
  heardUpTo(atMs: number): Promise<void> {
    const id = this.nextId++;
    if (!this.link.post({ type: 'sync', id, atMs })) return Promise.reject(new Error('the gateway does not listen'));
    return new Promise((resolve, reject) => this.syncs.set(id, { resolve, reject }));
  }

  /** Times in which the thread of the sockets did not run, of those that ended after a monotonic time. */
  standstills(sinceMs: number): readonly Standstill[] {
    return this.stood.filter(({ toMs }) => toMs > sinceMs);
  }

  private handlers(): Handlers<FromThread> {
    const { log, messages } = this.options;
    return {
      hello: (hello) => this.handshakes.add(hello),
      hung: ({ session, address }) => this.handshakes.forget(session, address),
      ready: ({ session, nodeId, adapters }) => {
        this.nodes.set(nodeId, { session, adapters });
        messages.onReady(nodeId);
      },
      commit: (message) =>
        this.handOver(message, () => messages.onCommit(message.nodeId, message.frame, message.receivedMs)),
      busy: (message) =>
        this.handOver(message, () => messages.onBusy(message.nodeId, message.frame, message.receivedMs)),
      reveal: (message) => this.reveal(message),
      gone: ({ session, nodeId }) => {
        if (this.lose(nodeId, session)) messages.onGone(nodeId);
      },
      broken: ({ session, nodeId, atMs }) => {
        if (this.lose(nodeId, session)) this.broke(nodeId, atMs);
      },
      refused: (message) => this.refused(message),
      leftOut: ({ refused, turnedAway }) =>
        log.warn({ refused, turnedAway }, 'sockets refused or turned away, not written down one by one'),
      asked: ({ id, sentMs }) => {
        this.asks.get(id)?.resolve(sentMs);
        this.asks.delete(id);
      },
      synced: ({ id }) => {
        this.syncs.get(id)?.resolve();
        this.syncs.delete(id);
      },
      standstill: ({ standstill }) => this.stoodStill(standstill),
      fault: ({ error }) => log.error({ error }, 'the gateway failed at a frame'),
      listening: () => undefined,
      cannotListen: () => undefined,
    };
  }

  private answered(hello: Hello, answer: Answer): void {
    const { session, frame } = hello;
    if (answer.state === 'accepted') {
      this.link.post({ type: 'admit', session, nodeId: frame.nodeId, adapters: frame.adapters });
      return;
    }
    if (answer.state === 'mustWait') {
      this.link.post({ type: 'end', session, code: 1013, reason: answer.detail });
      return;
    }
    const { kind, detail } = answer;
    this.link.post({ type: 'refuse', session, refusal: { kind, detail, frameType: 'HELLO', frameBytes: null } });
  }

  private reveal(message: FromThread & { type: 'reveal' }): void {
    const { nodeId, round, device, opening, receivedMs } = message;
    const bytes = opening.length;
    // It was expected when it came; a round that is over meanwhile has no use for it.
    if (this.expected.get(round)?.delete(`${nodeId}/${device}`)) {
      this.handOver({ ...message, bytes }, () =>
        this.options.messages.onReveal(nodeId, round, device, opening, receivedMs),
      );
    }
    this.link.post({ type: 'taken', bytes });
  }

  /** Hands a message over; whoever takes it may refuse the node for it. Of a session that is over none is taken. */
  private handOver(from: Received, handOver: () => void): void {
    const { session, nodeId, bytes, receivedMs } = from;
    if (this.nodes.get(nodeId)?.session !== session) return;
    try {
      handOver();
    } catch (error) {
      if (error instanceof FrameError) {
        const { kind, message, frameType } = error;
        this.refuseSession(session, nodeId, { kind, detail: message, frameType, frameBytes: bytes }, receivedMs);
        return;
      }
      // A failure of ours must neither end the process for all nor count as the node's.
      this.options.log.error({ nodeId, error: (error as Error).stack }, 'the oracle failed at a frame');
      this.link.post({ type: 'end', session, code: CLOSE.unexpected, reason: 'the oracle failed at this frame' });
      if (this.lose(nodeId, session)) this.options.messages.onGone(nodeId);
    }
  }

  private refused({ nodeId, address, refusal }: FromThread & { type: 'refused' }): void {
    const { log, messages, addIncident } = this.options;
    const { kind, closeCode, detail } = refusal;
    log.warn({ nodeId, remote: address, kind, code: closeCode, detail }, 'socket refused');
    addIncident({ round: messages.currentRound(), nodeId, remote: address, ...refusal });
  }

  private refuseSession(session: number, nodeId: number, refusal: Omit<Refusal, 'closeCode'>, atMs: number): void {
    this.link.post({ type: 'refuse', session, refusal });
    if (this.lose(nodeId, session)) this.broke(nodeId, atMs);
  }

  private broke(nodeId: number, atMs: number): void {
    this.handshakes.brokeRules(nodeId);
    this.options.messages.onBroken(nodeId, atMs);
  }

  /** @returns false when the session was not the node's any more */
  private lose(nodeId: number, session: number): boolean {
    return this.nodes.get(nodeId)?.session === session && this.nodes.delete(nodeId);
  }

  private down(error: Error): void {
    const { log, messages } = this.options;
    log.error({ error: error.message }, 'the thread of the gateway died; another one is started');
    this.sinceMs = Number.POSITIVE_INFINITY;
    const nodeIds = [...this.nodes.keys()];
    this.nodes.clear();
    for (const { resolve, frames } of this.asks.values()) resolve(Array(frames).fill(null));
    this.asks.clear();
    this.rejectWaiting(new Error(`the thread of the gateway died: ${error.message}`));
    for (const nodeId of nodeIds) messages.onGone(nodeId);
  }

  private up(standstill: Standstill): void {
    this.stoodStill(standstill);
    this.sinceMs = standstill.toMs;
    for (const [round, awaited] of this.expected) {
      this.link.post({ type: 'expect', round, openings: [...awaited.values()] });
    }
    this.options.log.info({ lostMs: Math.round(standstill.lostMs) }, 'the gateway listens again');
  }

  private stoodStill(standstill: Standstill): void {
    const oldestMs = monotonicMs() - STANDSTILLS_MS;
    this.stood = [...this.stood.filter(({ toMs }) => toMs > oldestMs), standstill];
    const lostMs = Math.round(standstill.lostMs);
    if (lostMs >= WORTH_A_LINE_MS) this.options.log.warn({ lostMs }, 'the gateway stood still');
  }

  private rejectWaiting(error: Error): void {
    for (const { reject } of this.syncs.values()) reject(error);
    this.syncs.clear();
    for (const { reject } of this.asks.values()) reject(error);
    this.asks.clear();
  }
}
