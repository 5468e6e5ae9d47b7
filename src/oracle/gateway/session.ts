import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { RawData, WebSocket } from 'ws';
import { toHex } from '../../protocol/bytes';
import {
  CLOSE,
  type CloseKind,
  decodeFrame,
  encodeFrame,
  type Frame,
  FrameError,
  MAX_WORDS,
  NODE_FRAMES,
} from '../../protocol/messages';
import { decodeOpeningPart, type OpeningPart } from '../../protocol/opening-parts';
import { monotonicMs } from '../../runtime/clock';
import { RateLimit } from './rate-limit';
import type { GatewayLimits, Refusal } from './thread-messages';

const PING_EVERY_MS = 10_000;
/** A peer that does not hang up after the farewell is cut off. */
const FAREWELL_MS = 2_000;
/** A HELLO that is not answered by then ends without blame: the chain or this machine is too slow. */
const CHECK_MS = 60_000;
/** JSON frames: a node with 16 devices answers a round in one burst. */
const FRAME_BURST = 64;
const FRAMES_PER_SECOND = 10;
/** Parts of openings: 16 devices of the largest class at once. */
const PART_BURST = 4_096;
const PARTS_PER_SECOND = 400;
/** Pings and pongs; each costs a byte or two to send and a callback to receive. */
const CONTROL_BURST = 32;
const CONTROLS_PER_SECOND = 2;
/** A stranger has said HELLO (4 KiB at most) within so many bytes. */
const STRANGER_BYTES = 8 * 1024;
const TOO_MUCH = `more than ${STRANGER_BYTES} bytes before READY`;
/** So many bytes are handed to the parser at once; after each it is asked whether the session is over. */
const SLICE_BYTES = 8 * 1024;
const STRANGER_SLICE_BYTES = 256;
/** After the farewell so much is read and dropped; a stranger that sends on has a moment left to read why. */
const FAREWELL_BYTES = 64 * 1024;
const LAST_MOMENT_MS = 500;
/** What `ws` closes with; a frame that is none gets 1002. */
const WS_CLOSE_CODES: Readonly<Record<string, number>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_INVALID_UTF8: 1007,
};
/** Sent but not taken by the peer; more than all frames of several rounds for 16 devices. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/** What a session tells its server. */
export interface SessionHooks {
  onHello(session: Session, frame: Frame<'HELLO'>): void;
  onAnswer(session: Session, frame: Frame<'COMMIT' | 'BUSY'>, bytes: number, receivedMs: number): void;
  /** @throws FrameError when nobody waits for it */
  onPart(session: Session, part: OpeningPart, receivedMs: number): void;
  onRefused(session: Session, refusal: Refusal): void;
  /** The session is over, for whatever reason; its socket may linger until the peer has read why. */
  onOver(session: Session): void;
  onClosed(session: Session): void;
  onFault(error: unknown): void;
}

/** One connection from its first byte: handshake, frames in order, limits. It knows nothing of rounds. */
export class Session {
  /** Set once the node is authenticated. */
  nodeId: number | null = null;
  readonly nonce = toHex(randomBytes(32));
  private state: 'connected' | 'hello' | 'checking' | 'ready' | 'over' = 'connected';
  private socket: WebSocket | null = null;
  private feed: (chunk: Buffer) => void = () => undefined;
  /** When the state or, in a ready session, the last ping began. */
  private sinceMs = monotonicMs();
  private chunkMs = 0;
  private readonly frames = new RateLimit(FRAME_BURST, FRAMES_PER_SECOND, this.sinceMs);
  private readonly parts = new RateLimit(PART_BURST, PARTS_PER_SECOND, this.sinceMs);
  private readonly controls = new RateLimit(CONTROL_BURST, CONTROLS_PER_SECOND, this.sinceMs);
  private strangerBytes = STRANGER_BYTES;
  private droppedBytes = 0;
  private events = 0;
  /** When a message of a ready session began that is not whole yet, as far as can be told from outside the parser. */
  private partialSinceMs: number | null = null;
  private alive = true;
  private paused = false;

  constructor(
    readonly id: number,
    readonly address: string,
    private readonly line: Socket,
    private readonly limits: Pick<GatewayLimits, 'handshakeMs' | 'messageMs'>,
    private readonly hooks: SessionHooks,
  ) {
    line.on('close', () => this.closed());
  }

  get isOver(): boolean {
    return this.state === 'over';
  }

  /** The connection became a WebSocket: tells the peer `welcome` and waits for its HELLO. */
  open(socket: WebSocket, welcome: string): void {
    // An error that nobody listens to ends the process.
    socket.on('error', (error: Error & { code?: string }) => this.socketError(error));
    this.socket = socket;
    if (this.state !== 'connected') {
      socket.terminate();
      return;
    }
    this.state = 'hello';
    socket.on('message', (data, isBinary) => this.receive(data as Buffer, isBinary));
    socket.on('ping', (data) => this.control(data));
    socket.on('pong', () => this.control(null));
    this.standBeforeParser();
    this.send(welcome);
  }

  /** The node proved who it is. @returns false when the session ended meanwhile */
  admit(nodeId: number): boolean {
    if (this.state !== 'checking') return false;
    this.enter('ready');
    this.nodeId = nodeId;
    this.send(encodeFrame('READY', { nodeId }));
    return true;
  }

  /** Sends text. @returns the monotonic time in ms just before, null when the socket is not open */
  send(text: string): number | null {
    const { socket } = this;
    if (this.isOver || socket?.readyState !== socket?.OPEN || !socket) return null;
    if (socket.bufferedAmount > MAX_UNREAD_BYTES) {
      const detail = 'does not read what it is sent';
      this.hooks.onRefused(this, { kind: 'rate', closeCode: CLOSE.rate, frameType: null, frameBytes: null, detail });
      // It would not read a farewell either.
      this.cut();
      return null;
    }
    const sentMs = monotonicMs();
    socket.send(text);
    return sentMs;
  }

  /** Stops or goes on reading: what the peer sends meanwhile stays with it. */
  pause(isPaused: boolean): void {
    if (this.paused === isPaused || this.isOver) return;
    this.paused = isPaused;
    this.partialSinceMs = null;
    this.alive = true;
    if (isPaused) this.socket?.pause();
    else this.socket?.resume();
  }

  /** Ends the session for what the peer did; the reason is written down. */
  refuse(refusal: Omit<Refusal, 'closeCode'>): void {
    if (this.isOver) return;
    const closeCode = CLOSE[refusal.kind];
    this.hooks.onRefused(this, { ...refusal, closeCode });
    this.end(closeCode, refusal.detail);
  }

  /** Ends the session without blame. @param code WebSocket close code */
  end(code: number, reason: string): void {
    if (this.isOver) return;
    if (!this.socket) {
      this.cut();
      return;
    }
    this.send(encodeFrame('ERROR', { code, reason: reason.slice(0, MAX_WORDS) }));
    this.over();
    this.socket.close(code, reason.slice(0, 100).replace(/[^\x20-\x7e]/g, '?'));
    // What the peer still sends is read and dropped until it hangs up: closing with unread bytes would reset the
    // connection, and the peer would not learn why.
    this.line.resume();
    this.line.end();
  }

  /** Ends the connection at once. */
  cut(): void {
    this.over();
    this.line.destroy();
  }

  /** Looks for what takes too long; called about each second. */
  look(nowMs: number): void {
    const { handshakeMs, messageMs } = this.limits;
    const forMs = nowMs - this.sinceMs;
    if (this.state === 'connected' && forMs > handshakeMs) this.cut();
    else if (this.state === 'hello' && forMs > handshakeMs) this.refuseFor('handshake_timeout', 'no HELLO in time');
    else if (this.state === 'checking' && forMs > CHECK_MS) this.end(1013, 'cannot authenticate now');
    else if (this.state === 'ready' && this.partialSinceMs !== null && nowMs - this.partialSinceMs > messageMs) {
      this.refuseFor('rate', `a message took longer than ${messageMs / 1000} s`);
    } else if (this.state === 'ready' && forMs > PING_EVERY_MS && !this.paused) this.ping(nowMs);
    else if (this.isOver && forMs > FAREWELL_MS) this.line.destroy();
  }

  /**
   * Takes the place between the socket and the parser of `ws`, which would handle everything that comes in one go: ten
   * thousand control frames fit a chunk. Here the time of receipt is taken, and a session that is over stops.
   */
  private standBeforeParser(): void {
    const [parse] = this.line.listeners('data') as ((chunk: Buffer) => void)[];
    if (!parse) throw new Error('ws does not listen to its socket');
    this.feed = parse.bind(this.line);
    this.line.on('data', (chunk: Buffer) => this.take(chunk));
    this.line.off('data', parse);
  }

  private take(chunk: Buffer): void {
    if (this.isOver) {
      this.drop(chunk.length);
      return;
    }
    this.chunkMs = monotonicMs();
    const slice = this.state === 'ready' ? SLICE_BYTES : STRANGER_SLICE_BYTES;
    const allowed = this.state === 'ready' ? chunk.length : Math.min(chunk.length, this.strangerBytes);
    this.strangerBytes -= allowed;
    const eventsBefore = this.events;
    for (let at = 0; at < allowed && !this.isOver; at += slice) {
      this.feed(chunk.subarray(at, Math.min(at + slice, allowed)));
    }
    // The parser says a moment later what it does not like in the bytes that it got; its word comes first.
    if (allowed < chunk.length) setImmediate(() => this.refuseFor('oversized', TOO_MUCH));
    // The peer has said farewell.
    if (this.socket?.readyState !== this.socket?.OPEN) this.over();
    if (this.events !== eventsBefore) this.partialSinceMs = null;
    else this.partialSinceMs ??= this.chunkMs;
  }

  /** Bytes after the end: read on, they would cost time; left with the system, memory that honest sockets need. */
  private drop(bytes: number): void {
    this.droppedBytes += bytes;
    if (this.droppedBytes <= FAREWELL_BYTES || this.line.isPaused()) return;
    this.line.pause();
    if (this.nodeId === null) setTimeout(() => this.line.destroy(), LAST_MOMENT_MS).unref();
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (this.isOver) return;
    this.events += 1;
    const bytes = data as Buffer;
    try {
      if (isBinary) this.receivePart(bytes);
      else this.receiveFrame(bytes);
    } catch (error) {
      if (error instanceof FrameError) this.refuseFor(error.kind, error.message, error.frameType, bytes.length);
      else {
        // Our failure is not the node's.
        this.hooks.onFault(error);
        this.end(CLOSE.unexpected, 'the oracle failed at this frame');
      }
    }
  }

  private receivePart(bytes: Buffer): void {
    if (this.state !== 'ready') throw new FrameError('unauthenticated', 'OPEN before HELLO was accepted', 'OPEN');
    if (!this.parts.take(this.chunkMs)) throw new FrameError('rate', 'too many OPEN parts', 'OPEN');
    this.hooks.onPart(this, decodeOpeningPart(bytes), this.chunkMs);
  }

  private receiveFrame(bytes: Buffer): void {
    if (!this.frames.take(this.chunkMs)) throw new FrameError('rate', 'too many frames');
    const frame = decodeFrame(bytes, NODE_FRAMES);
    if (frame.type === 'HELLO') {
      if (this.state !== 'hello') throw new FrameError('out_of_order', 'a second HELLO', 'HELLO');
      // From here on it is the chain that may be slow, not the node.
      this.enter('checking');
      this.hooks.onHello(this, frame);
    } else if (this.state === 'ready') {
      this.hooks.onAnswer(this, frame, bytes.length, this.chunkMs);
    } else throw new FrameError('unauthenticated', `${frame.type} before READY`, frame.type);
  }

  /** @param ping what a ping carried, to be answered; null for a pong */
  private control(ping: Buffer | null): void {
    if (this.isOver) return;
    this.events += 1;
    if (!this.controls.take(this.chunkMs)) this.refuseFor('rate', 'too many control frames');
    else if (ping) this.socket?.pong(ping);
    else this.alive = true;
  }

  private ping(nowMs: number): void {
    const isAlive = this.alive;
    this.alive = false;
    this.sinceMs = nowMs;
    if (isAlive) this.socket?.ping();
    else this.cut();
  }

  private refuseFor(
    kind: CloseKind,
    detail: string,
    frameType: string | null = null,
    frameBytes: number | null = null,
  ): void {
    this.refuse({ kind, detail, frameType, frameBytes });
  }

  /** `ws` closes the socket itself on these; they are the peer's doing when they carry one of its codes. */
  private socketError(error: Error & { code?: string }): void {
    if (this.isOver || !error.code?.startsWith('WS_ERR_')) return;
    const oversized = error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    const kind = oversized ? 'oversized' : 'malformed';
    const closeCode = WS_CLOSE_CODES[error.code] ?? 1002;
    this.hooks.onRefused(this, { kind, closeCode, frameType: null, frameBytes: null, detail: error.message });
    this.over();
    this.line.end();
  }

  private enter(state: 'checking' | 'ready' | 'over'): void {
    this.state = state;
    this.sinceMs = monotonicMs();
  }

  private over(): void {
    if (this.isOver) return;
    this.enter('over');
    this.hooks.onOver(this);
  }

  private closed(): void {
    this.over();
    this.hooks.onClosed(this);
  }
}
