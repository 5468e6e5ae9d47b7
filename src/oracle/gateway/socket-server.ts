import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { CLOSE, encodeFrame, type Frame, MAX_MESSAGE_BYTES } from '../../protocol/messages';
import type { OpeningPart } from '../../protocol/opening-parts';
import { addressOf } from '../../runtime/client-address';
import { monotonicMs } from '../../runtime/clock';
import { Openings } from './openings';
import { RateLimit, RateLimits } from './rate-limit';
import { Seats } from './seats';
import { Session, type SessionHooks } from './session';
import type { Adapters, FromThread, Outgoing, Refusal, ThreadOptions } from './thread-messages';

const LOOK_EVERY_MS = 1_000;
/** Sessions whose HELLO is being checked, in all and of one address: every node may come back at once. */
const CALLERS = { total: 4_096, perAddress: 2_048 };
/** Sessions that are over and whose peer may still read why. */
const LEAVING = { total: 512, perAddress: 64 };
/** Sockets in all: those of strangers, callers and leaving ones are bounded, so nodes have the rest for themselves. */
const MAX_CONNECTIONS = 32_768;
/** Connections that the system keeps until they are accepted; beyond it, honest ones would be lost as well. */
const BACKLOG = 4_096;
/** Connections of one address, as a multiple of its seats: at once, and a second. Each costs a quarter of a ms. */
const CONNECTS_BURST = 2;
const CONNECTS_PER_SECOND = 0.25;
/** A node agent and a proxy say little before the upgrade. */
const MAX_HEADER_BYTES = 8 * 1024;
/** Honest messages come whole or in the few pieces that a proxy makes. */
const MAX_FRAGMENTS = 64;
const MAX_CHUNKS = 4_096;
/** Half-received openings, and whole ones on their way to the main thread. */
const MAX_HALF_BYTES = 256 * 1024 * 1024;
const MAX_UNTAKEN_BYTES = 64 * 1024 * 1024;
/** Refusals that are written down; a flood of bad frames must not fill log and disk. */
const REFUSAL_BURST = 200;
const REFUSALS_PER_SECOND = 5;
const LEFT_OUT_EVERY_MS = 10_000;

/** The thread's side of the gateway: sockets, limits, sessions, openings. What it tells is in order. */
export class SocketServer implements SessionHooks {
  private readonly http: Server;
  private readonly webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_CHUNKS,
    perMessageDeflate: false,
    clientTracking: false,
    autoPong: false,
  });
  private readonly sessions = new Map<number, Session>();
  private readonly byLine = new WeakMap<object, Session>();
  private readonly nodes = new Map<number, Session>();
  private readonly strangers: Seats<Session>;
  private readonly callers = new Seats<Session>(CALLERS, (session) => session.end(1013, 'too many handshakes'));
  private readonly leaving = new Seats<Session>(LEAVING, (session) => session.cut());
  private readonly connects: RateLimits<string>;
  private readonly refusals = new RateLimit(REFUSAL_BURST, REFUSALS_PER_SECOND, monotonicMs());
  private readonly openings: Openings;
  private readonly paused = new Set<Session>();
  private untakenBytes = 0;
  private nextSession: number;
  private leftOut = { refused: 0, turnedAway: 0 };
  private leftOutToldMs = monotonicMs();
  private looking: NodeJS.Timeout | null = null;

  constructor(
    private readonly options: ThreadOptions,
    private readonly tell: (message: FromThread, transfer?: ArrayBuffer[]) => void,
  ) {
    const { limits, firstRound, firstSession } = options;
    this.nextSession = firstSession;
    this.openings = new Openings(firstRound);
    this.strangers = new Seats({ total: limits.strangers, perAddress: limits.perAddress }, (session) =>
      this.turnAway(session),
    );
    this.connects = new RateLimits(CONNECTS_BURST * limits.perAddress, CONNECTS_PER_SECOND * limits.perAddress);
    this.http = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: limits.handshakeMs,
        requestTimeout: limits.handshakeMs,
        connectionsCheckingInterval: LOOK_EVERY_MS,
        noDelay: true,
      },
      (_, response) => response.writeHead(426, { Connection: 'close' }).end('WebSocket only\n'),
    );
    this.http.maxConnections = MAX_CONNECTIONS;
    this.http.on('connection', (line: Socket) => this.connected(line));
    this.http.on('upgrade', (request, line, head) => {
      line.on('error', () => undefined);
      this.webSockets.handleUpgrade(request, line as Socket, head, (socket) => {
        const session = this.byLine.get(line);
        if (session) session.open(socket, this.welcome(session));
        else socket.terminate();
      });
    });
  }

  /** Starts listening; tells the port, or why it cannot. */
  listen(): void {
    const { host, port } = this.options;
    const fail = (error: Error) => this.tell({ type: 'cannotListen', reason: error.message });
    this.http.once('error', fail);
    this.http.listen({ port, host, backlog: BACKLOG }, () => {
      this.http.off('error', fail);
      this.http.on('error', (error) => this.onFault(error));
      this.looking = setInterval(() => this.look(), LOOK_EVERY_MS);
      this.tell({ type: 'listening', port: (this.http.address() as AddressInfo).port });
    });
  }

  /** Sends frames to nodes, one after the other. @returns the monotonic time before each, null without a session */
  ask(frames: readonly Outgoing[]): (number | null)[] {
    return frames.map(({ nodeId, text }) => this.nodes.get(nodeId)?.send(text) ?? null);
  }

  send(nodeId: number, text: string): void {
    this.nodes.get(nodeId)?.send(text);
  }

  admit(id: number, nodeId: number, adapters: Adapters): void {
    const session = this.sessions.get(id);
    if (!session?.admit(nodeId)) return;
    this.callers.leave(session);
    const older = this.nodes.get(nodeId);
    this.openings.forget(nodeId);
    this.nodes.set(nodeId, session);
    this.tell({ type: 'ready', session: id, nodeId, adapters });
    older?.end(CLOSE.replaced, 'a newer session of this node replaces this one');
  }

  end(id: number, code: number, reason: string): void {
    this.sessions.get(id)?.end(code, reason);
  }

  refuse(id: number, refusal: Omit<Refusal, 'closeCode'>): void {
    this.sessions.get(id)?.refuse(refusal);
  }

  expect(...[round, openings]: Parameters<Openings['expect']>): void {
    this.openings.expect(round, openings);
  }

  expectNoMore(round: number): void {
    this.openings.expectNoMore(round);
  }

  /** The main thread has taken openings. */
  taken(bytes: number): void {
    this.untakenBytes -= bytes;
    if (this.untakenBytes > MAX_UNTAKEN_BYTES / 2) return;
    for (const session of this.paused) session.pause(false);
    this.paused.clear();
  }

  /** Tells every peer to come back later and stops listening; resolves when all sockets are closed. */
  async close(): Promise<void> {
    if (this.looking) clearInterval(this.looking);
    for (const session of this.sessions.values()) session.end(1012, 'the oracle restarts');
    await new Promise<void>((resolve) => {
      this.http.close(() => resolve());
      setTimeout(() => {
        for (const session of this.sessions.values()) session.cut();
      }, LOOK_EVERY_MS).unref();
    });
  }

  onHello(session: Session, frame: Frame<'HELLO'>): void {
    this.strangers.leave(session);
    this.callers.take(session);
    this.tell({ type: 'hello', session: session.id, address: session.address, nonce: session.nonce, frame });
  }

  onAnswer({ id, nodeId }: Session, frame: Frame<'COMMIT' | 'BUSY'>, bytes: number, receivedMs: number): void {
    const common = { session: id, nodeId: nodeId!, bytes, receivedMs };
    if (frame.type === 'COMMIT') this.tell({ type: 'commit', frame, ...common });
    else this.tell({ type: 'busy', frame, ...common });
  }

  onPart(session: Session, part: OpeningPart, receivedMs: number): void {
    const nodeId = session.nodeId!;
    const opening = this.openings.add(nodeId, part);
    this.makeRoom(nodeId);
    if (!opening) return;
    const { round, device } = part;
    this.untakenBytes += opening.length;
    this.tell({ type: 'reveal', session: session.id, nodeId, round, device, opening, receivedMs }, [
      opening.buffer as ArrayBuffer,
    ]);
    if (this.untakenBytes <= MAX_UNTAKEN_BYTES) return;
    this.paused.add(session);
    session.pause(true);
  }

  onRefused(session: Session, refusal: Refusal): void {
    const { nodeId, address } = session;
    if (nodeId !== null && this.nodes.get(nodeId) === session) {
      this.lose(nodeId);
      this.tell({ type: 'broken', session: session.id, nodeId, atMs: monotonicMs() });
    }
    if (this.refusals.take(monotonicMs())) this.tell({ type: 'refused', nodeId, address, refusal });
    else this.leftOut.refused += 1;
  }

  onOver(session: Session): void {
    const { id, nodeId, address } = session;
    this.strangers.leave(session);
    if (this.callers.leave(session)) this.tell({ type: 'hung', session: id, address });
    this.paused.delete(session);
    if (nodeId !== null && this.nodes.get(nodeId) === session) {
      this.lose(nodeId);
      this.tell({ type: 'gone', session: id, nodeId });
    }
    this.leaving.take(session);
  }

  onClosed(session: Session): void {
    this.leaving.leave(session);
    this.sessions.delete(session.id);
  }

  onFault(error: unknown): void {
    this.tell({ type: 'fault', error: (error as Error).stack ?? String(error) });
  }

  private connected(line: Socket): void {
    // Whatever becomes of a socket, its errors are the peer's doing and end that socket only. What is no HTTP at all
    // Node.js answers with 400 by itself.
    line.on('error', () => undefined);
    const address = addressOf(line.remoteAddress ?? 'unknown');
    if (!this.connects.take(address, monotonicMs())) {
      this.leftOut.turnedAway += 1;
      line.resetAndDestroy();
      return;
    }
    const session = new Session(this.nextSession++, address, line, this.options.limits, this);
    this.sessions.set(session.id, session);
    this.byLine.set(line, session);
    this.strangers.take(session);
  }

  private turnAway(session: Session): void {
    this.leftOut.turnedAway += 1;
    session.end(1013, 'too many connections');
  }

  /** Whoever takes longest to reveal makes room: its session ends without blame, and it may come back. */
  private makeRoom(nodeId: number): void {
    while (this.openings.heldBytes > MAX_HALF_BYTES) {
      const slowest = this.openings.slowestBut(nodeId);
      if (slowest === undefined) return;
      this.openings.forget(slowest);
      this.nodes.get(slowest)?.end(1013, 'too many openings at once');
    }
  }

  private lose(nodeId: number): void {
    this.nodes.delete(nodeId);
    this.openings.forget(nodeId);
  }

  private welcome({ nonce }: Session): string {
    const { chainId, registry, reporter, software } = this.options;
    return encodeFrame('WELCOME', { nonce, chainId, registry, reporter, software });
  }

  private look(): void {
    const nowMs = monotonicMs();
    for (const session of this.sessions.values()) session.look(nowMs);
    if (nowMs - this.leftOutToldMs < LEFT_OUT_EVERY_MS) return;
    this.leftOutToldMs = nowMs;
    if (this.leftOut.refused + this.leftOut.turnedAway === 0) return;
    this.tell({ type: 'leftOut', ...this.leftOut });
    this.leftOut = { refused: 0, turnedAway: 0 };
  }
}
