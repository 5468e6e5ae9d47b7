import type { Inbox } from '../oracle/rounds/inbox';
import type { DeviceId, DrawnNode, Sessions } from '../oracle/rounds/ports';
import type { Standstill } from '../oracle/rounds/presence';
import { challengeKey } from '../oracle/store/model';
import type { CloseKind, Frame } from '../protocol/messages';
import { FrameError } from '../protocol/messages';
import { ABSENT_MS, RECONNECT_MS } from '../protocol/rounds/decide';
import type { SimulatedProcess } from './process';

/** What a node says: a frame, a whole reveal, or something that breaks the protocol. */
export type Said =
  | { kind: 'commit'; frame: Frame<'COMMIT'> }
  | { kind: 'busy'; frame: Frame<'BUSY'> }
  | { kind: 'reveal'; round: number; device: number; bytes: Uint8Array }
  | { kind: 'garbage' };

/** A node, as the gateway sees it. */
export interface Peer {
  readonly nodeId: number;
  readonly isSoftware: boolean;
  readonly workerKey: string;
  /** A frame is on its way to the node. */
  hear(text: string): void;
  /** The handshake is done. */
  welcomed(sessions: SimulatedSessions): void;
  /** The session is over. */
  cutOff(): void;
}

/** The gateway of one process, simulated: sessions end with it. */
export class SimulatedSessions implements Sessions {
  private readonly nodes = new Map<number, Peer>();
  private readonly expected = new Map<number, Set<string>>();
  private readonly stood: Standstill[] = [];
  /** Worker keys of nodes that a round drew. */
  private readonly drawn = new Set<string>();
  /** Those that wanted in while the chain was away, and when. */
  private readonly turnedAway = new Map<string, number>();
  /** How often the thread died. */
  private deaths = 0;

  constructor(
    private readonly process: SimulatedProcess,
    private readonly inbox: () => Inbox,
    private readonly isChainAway: () => boolean,
  ) {}

  adapter(nodeId: number): { software: boolean } | undefined {
    const node = this.nodes.get(nodeId);
    return node && { software: node.isSoftware };
  }

  standstills(sinceMs: number): readonly Standstill[] {
    return this.stood.filter(({ toMs }) => toMs > sinceMs);
  }

  /** The whole process stands still from now on. @param lostMs more than `ms` when the machine sleeps */
  standStill(ms: number, lostMs: number): void {
    const fromMs = this.process.clock.monotonicMs();
    this.stood.push({ fromMs, toMs: fromMs + ms, lostMs });
  }

  ask(frames: readonly (DeviceId & { readonly text: string })[]): Promise<readonly (number | null)[]> {
    return new Promise((resolve) => {
      this.process.enterThread(() => {
        const times = frames.map(({ nodeId, text }) => {
          const node = this.nodes.get(nodeId);
          if (!node) return null;
          node.hear(text);
          return this.process.clock.monotonicMs();
        });
        this.process.enter(() => resolve(times));
      });
    });
  }

  send(nodeId: number, text: string): void {
    this.process.enterThread(() => this.nodes.get(nodeId)?.hear(text));
  }

  rememberDrawn(nodes: readonly DrawnNode[]): void {
    for (const { workerKey } of nodes) this.drawn.add(workerKey);
  }

  wasTurnedAway(_nodeId: number, workerKey: string): boolean {
    const atMs = this.turnedAway.get(workerKey) ?? Number.NEGATIVE_INFINITY;
    return this.process.clock.monotonicMs() - atMs < RECONNECT_MS;
  }

  refuse(nodeId: number, _kind: CloseKind, _detail: string): void {
    const node = this.nodes.get(nodeId);
    if (!node) return;
    const atMs = this.process.clock.monotonicMs();
    this.end(node);
    this.process.enter(() => this.inbox().onBroken(nodeId, atMs));
  }

  expect(round: number, reveals: readonly (DeviceId & { readonly maxBytes: number })[]): void {
    this.expected.set(round, new Set(reveals.map(challengeKey)));
  }

  expectNoMore(round: number): void {
    this.expected.delete(round);
  }

  heardUpTo(atMs: number): Promise<void> {
    const { world, clock } = this.process;
    const { deaths } = this;
    return new Promise((resolve, reject) => {
      const answer = () => (this.deaths === deaths ? resolve() : reject(new Error('the thread died')));
      world.after(Math.max(0, atMs - clock.monotonicMs()) + 1, () => {
        this.process.enterThread(() => this.process.enter(answer));
      });
    });
  }

  /** A node's handshake has arrived. */
  accept(node: Peer): void {
    this.process.enterThread(() => {
      if (this.isChainAway() && !this.drawn.has(node.workerKey)) {
        this.turnedAway.set(node.workerKey, this.process.clock.monotonicMs());
        node.cutOff();
        return;
      }
      this.nodes.set(node.nodeId, node);
      node.welcomed(this);
      this.process.enter(() => this.inbox().onReady(node.nodeId));
    });
  }

  /** A node's socket is gone. */
  gone(node: Peer): void {
    if (this.nodes.get(node.nodeId) === node) this.nodes.delete(node.nodeId);
  }

  /** The gateway's thread dies, and another one is there after `ms`: that ends every session, however short it is. */
  die(ms: number): void {
    this.deaths++;
    this.standStill(ms, Math.max(ms, ABSENT_MS));
    for (const node of [...this.nodes.values()]) this.end(node);
  }

  /** Something a node said has arrived at the machine. */
  receive(node: Peer, said: Said): void {
    this.process.enterThread(() => {
      if (this.nodes.get(node.nodeId) !== node) return;
      const receivedMs = this.process.clock.monotonicMs();
      if (said.kind === 'garbage') return this.refuse(node.nodeId, 'malformed', 'not a frame');
      if (said.kind === 'reveal') {
        // As the thread does: one whole reveal for each that is expected.
        if (!this.expected.get(said.round)?.delete(challengeKey({ nodeId: node.nodeId, device: said.device }))) return;
      }
      this.process.enter(() => this.handOver(node.nodeId, said, receivedMs));
    });
  }

  private handOver(nodeId: number, said: Exclude<Said, { kind: 'garbage' }>, receivedMs: number): void {
    const inbox = this.inbox();
    try {
      if (said.kind === 'commit') inbox.onCommit(nodeId, said.frame, receivedMs);
      else if (said.kind === 'busy') inbox.onBusy(nodeId, said.frame, receivedMs);
      else inbox.onReveal(nodeId, said.round, said.device, said.bytes, receivedMs);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.refuse(nodeId, error.kind, error.message);
    }
  }

  private end(node: Peer): void {
    this.gone(node);
    node.cutOff();
  }
}
