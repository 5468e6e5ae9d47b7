import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@subsquid/logger';
import { WebSocketServer } from 'ws';
import { CLOSE, type CloseKind, type Frame, MAX_MESSAGE_BYTES } from '../../protocol/messages';
import type { OpeningPart } from '../../protocol/opening-parts';
import { FatalError } from '../../runtime/errors';
import type { Incident } from '../store/incidents';
import { RateLimit } from './rate-limit';
import { type Refusal, Session, type SessionOptions } from './session';

/** Sockets that have not said who they are; more are turned away, so that they cannot crowd out nodes. */
const MAX_STRANGERS = 256;
/** Incidents written per second: a flood of bad frames must not fill the disk. */
const INCIDENT_BURST = 200;
const INCIDENTS_PER_SECOND = 5;

/** Look-ups of keys for handshakes: enough for every node to come back at once, too few to drown the RPC endpoint. */
const LOOKUP_BURST = 500;
const LOOKUPS_PER_SECOND = 50;

/** What the rounds do with a node's messages. `onCommit`, `onBusy` and `onPart` throw FrameError to end the socket. */
export interface NodeMessages {
  onCommit(nodeId: number, frame: Frame<'COMMIT'>, receivedMs: number): void;
  onBusy(nodeId: number, frame: Frame<'BUSY'>): void;
  onPart(nodeId: number, part: OpeningPart): void;
  /** A node has a session from now on. */
  onReady(nodeId: number): void;
  /** A node broke the rules; its session is over. */
  onBroken(nodeId: number): void;
  /** Round under way, for the incident's row. */
  currentRound(): number | null;
}

export interface GatewayOptions
  extends Pick<SessionOptions, 'chainId' | 'registry' | 'reporter' | 'software' | 'domain' | 'nodeKey'> {
  host: string;
  /** 0: any free port. */
  port: number;
  log: Logger;
  messages: NodeMessages;
  /** Writes a refusal down; failures are the callee's to handle. */
  addIncident(incident: Incident): void;
}

/** WebSocket server that nodes dial. One session per node: a newer authenticated one replaces the older. */
export class Gateway {
  private readonly http: Server = createServer((_, response) => response.writeHead(426).end('WebSocket only\n'));
  private readonly server = new WebSocketServer({
    server: this.http,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
  private readonly nodes = new Map<number, Session>();
  private readonly sessions = new Set<Session>();
  private readonly lookups = new RateLimit(LOOKUP_BURST, LOOKUPS_PER_SECOND, performance.now());
  private readonly incidents = new RateLimit(INCIDENT_BURST, INCIDENTS_PER_SECOND, performance.now());

  constructor(private readonly options: GatewayOptions) {
    // Whatever becomes of a socket, its errors are the peer's doing and end that socket only. Each gets its listener
    // before anything is decided about it: an error that nobody listens to ends the process. What is no HTTP at all
    // Node.js answers with 400 by itself.
    this.http.on('connection', (socket) => socket.on('error', () => undefined));
    this.server.on('connection', (socket, request) => {
      socket.on('error', () => undefined);
      if (this.sessions.size - this.nodes.size >= MAX_STRANGERS) return socket.close(1013, 'too many connections');
      this.sessions.add(new Session(socket, this.sessionOptions(request.socket.remoteAddress ?? 'unknown')));
    });
  }

  /** Starts listening. @returns the port. @throws FatalError when the address is taken or not ours */
  async listen(): Promise<number> {
    const { host, port } = this.options;
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error) =>
        reject(
          new FatalError(
            `ORACLE_PORT: cannot listen on ${host}:${port}: ${error.message}`,
            'Stop what uses the port or set ORACLE_PORT to a free one, for example ORACLE_PORT=4400',
          ),
        );
      this.server.once('error', fail);
      this.http.listen(port, host, () => {
        this.server.off('error', fail);
        this.server.on('error', (error) => this.options.log.warn({ error: error.message }, 'gateway'));
        resolve();
      });
    });
    return (this.http.address() as AddressInfo).port;
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
  adapter(nodeId: number, device: number): { name: string; software: boolean } | undefined {
    return this.nodes.get(nodeId)?.adapters[device];
  }

  /** Sends a frame to a node. @returns the monotonic time in ms just before, null without a session */
  send(nodeId: number, text: string): number | null {
    return this.nodes.get(nodeId)?.send(text) ?? null;
  }

  /** Ends a node's session for what it did. */
  refuse(nodeId: number, kind: CloseKind, detail: string): void {
    this.nodes.get(nodeId)?.refuse(kind, detail);
  }

  /** Tells every node to come back later and stops listening. */
  async close(): Promise<void> {
    for (const session of this.sessions) session.end(1012, 'the oracle restarts');
    await new Promise<void>((resolve) => {
      this.server.close();
      this.http.close(() => resolve());
      setTimeout(() => this.http.closeAllConnections(), 1_000).unref();
    });
  }

  private sessionOptions(remote: string): SessionOptions {
    const { chainId, registry, reporter, software, domain, nodeKey, messages } = this.options;
    return {
      remote,
      chainId,
      registry,
      reporter,
      software,
      domain,
      nodeKey: async (nodeId) => {
        if (!this.lookups.take(performance.now())) throw new Error('too many handshakes');
        return nodeKey(nodeId);
      },
      onCommit: (nodeId, frame, receivedMs) => messages.onCommit(nodeId, frame, receivedMs),
      onBusy: (nodeId, frame) => messages.onBusy(nodeId, frame),
      onPart: (nodeId, part) => messages.onPart(nodeId, part),
      onReady: (session) => this.ready(session),
      onRefused: (session, refusal) => this.refused(session, refusal),
      onClosed: (session) => this.closed(session),
    };
  }

  private ready(session: Session): void {
    const nodeId = session.nodeId!;
    const older = this.nodes.get(nodeId);
    this.nodes.set(nodeId, session);
    older?.end(CLOSE.replaced, 'a newer session of this node replaces this one');
    this.options.messages.onReady(nodeId);
  }

  private refused(session: Session, refusal: Refusal): void {
    const { log, messages, addIncident } = this.options;
    const { nodeId, remote } = session;
    if (nodeId !== null && this.nodes.get(nodeId) === session) {
      this.nodes.delete(nodeId);
      messages.onBroken(nodeId);
    }
    log.warn({ nodeId, remote, kind: refusal.kind, code: refusal.closeCode, detail: refusal.detail }, 'socket refused');
    if (this.incidents.take(performance.now())) {
      addIncident({ round: messages.currentRound(), nodeId, remote, ...refusal });
    }
  }

  private closed(session: Session): void {
    this.sessions.delete(session);
    if (session.nodeId !== null && this.nodes.get(session.nodeId) === session) this.nodes.delete(session.nodeId);
  }
}
