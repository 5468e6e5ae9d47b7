import { randomBytes } from 'node:crypto';
import type { TypedDataDomain } from 'ethers';
import type { RawData, WebSocket } from 'ws';
import { toHex } from '../../protocol/bytes';
import { isSignedBy } from '../../protocol/eip712';
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
import { RateLimit } from './rate-limit';

const HANDSHAKE_MS = 10_000;
const PING_EVERY_MS = 10_000;
/** A refused socket that does not close by itself is cut after this. */
const CLOSE_GRACE_MS = 2_000;
/** JSON frames: a node with 16 devices answers a round in one burst. */
const FRAME_BURST = 64;
const FRAMES_PER_SECOND = 10;
/** Parts of openings: 16 devices of the largest class at once. */
const PART_BURST = 4_096;
const PARTS_PER_SECOND = 400;

/** What the chain says about a node that wants in. */
export interface NodeKey {
  workerKey: string;
  devices: number;
}

export interface SessionOptions {
  remote: string;
  chainId: number;
  registry: string;
  reporter: string;
  software: string;
  domain: TypedDataDomain;
  /** The node's key at the head; null for a node that does not exist or is retired. Rejects when the chain is away. */
  nodeKey(nodeId: number): Promise<NodeKey | null>;
  /** The socket proved to be this node. */
  onReady(session: Session): void;
  onCommit(nodeId: number, frame: Frame<'COMMIT'>, receivedMs: number): void;
  onBusy(nodeId: number, frame: Frame<'BUSY'>): void;
  onPart(nodeId: number, part: OpeningPart): void;
  /** The session is refused; written down before its socket ends. */
  onRefused(session: Session, refusal: Refusal): void;
  onClosed(session: Session): void;
}

export interface Refusal {
  kind: CloseKind;
  closeCode: number;
  frameType: string | null;
  frameBytes: number | null;
  detail: string;
}

/** One node's socket: handshake, frames in order, limits. It knows nothing of rounds. */
export class Session {
  /** Set once the node is authenticated. */
  nodeId: number | null = null;
  adapters: Frame<'HELLO'>['adapters'] = [];
  private state: 'hello' | 'checking' | 'ready' | 'ended' = 'hello';
  private readonly nonce = toHex(randomBytes(32));
  private readonly frames = new RateLimit(FRAME_BURST, FRAMES_PER_SECOND, performance.now());
  private readonly parts = new RateLimit(PART_BURST, PARTS_PER_SECOND, performance.now());
  private alive = true;
  private readonly handshakeTimer: NodeJS.Timeout;
  private readonly pingTimer: NodeJS.Timeout;

  constructor(
    private readonly socket: WebSocket,
    private readonly options: SessionOptions,
  ) {
    this.handshakeTimer = setTimeout(() => this.refuse('handshake_timeout', 'no HELLO in time'), HANDSHAKE_MS);
    this.pingTimer = setInterval(() => this.ping(), PING_EVERY_MS);
    socket.on('message', (data, isBinary) => this.receive(data, isBinary));
    socket.on('pong', () => {
      this.alive = true;
    });
    socket.on('error', (error: Error & { code?: string }) => this.socketError(error));
    socket.on('close', () => this.closed());
    const { chainId, registry, reporter, software } = options;
    socket.send(encodeFrame('WELCOME', { nonce: this.nonce, chainId, registry, reporter, software }));
  }

  get remote(): string {
    return this.options.remote;
  }

  /** Sends text. @returns the monotonic time in ms just before, null when the socket is not open */
  send(text: string): number | null {
    if (this.socket.readyState !== this.socket.OPEN) return null;
    const sentMs = performance.now();
    this.socket.send(text);
    return sentMs;
  }

  /** Ends the session for what the peer did; the reason is written down. */
  refuse(kind: CloseKind, detail: string, frameType: string | null = null, frameBytes: number | null = null): void {
    if (this.state === 'ended') return;
    this.options.onRefused(this, { kind, closeCode: CLOSE[kind], frameType, frameBytes, detail });
    this.end(CLOSE[kind], detail);
  }

  /** Ends the session without blame. @param code WebSocket close code */
  end(code: number, reason: string): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.send(encodeFrame('ERROR', { code, reason: reason.slice(0, MAX_WORDS) }));
    this.socket.close(code, reason.slice(0, 100).replace(/[^\x20-\x7e]/g, '?'));
    setTimeout(() => this.socket.terminate(), CLOSE_GRACE_MS).unref();
  }

  private receive(data: RawData, isBinary: boolean): void {
    const receivedMs = performance.now();
    if (this.state === 'ended') return;
    const bytes = data as Buffer;
    try {
      if (isBinary) this.receivePart(bytes, receivedMs);
      else this.receiveFrame(bytes, receivedMs);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.refuse(error.kind, error.message, error.frameType, bytes.length);
    }
  }

  private receivePart(bytes: Buffer, nowMs: number): void {
    if (this.state !== 'ready') throw new FrameError('unauthenticated', 'OPEN before HELLO was accepted', 'OPEN');
    if (!this.parts.take(nowMs)) throw new FrameError('rate', 'too many OPEN parts', 'OPEN');
    this.options.onPart(this.nodeId!, decodeOpeningPart(bytes));
  }

  private receiveFrame(bytes: Buffer, receivedMs: number): void {
    if (!this.frames.take(receivedMs)) throw new FrameError('rate', 'too many frames');
    const frame = decodeFrame(bytes, NODE_FRAMES);
    if (frame.type === 'HELLO') {
      if (this.state !== 'hello') throw new FrameError('out_of_order', 'a second HELLO', 'HELLO');
      this.state = 'checking';
      // From here on it is the chain that may be slow, not the node.
      clearTimeout(this.handshakeTimer);
      this.authenticate(frame).catch((error: Error) => this.end(1013, `cannot authenticate now: ${error.message}`));
      return;
    }
    if (this.state !== 'ready') throw new FrameError('unauthenticated', `${frame.type} before READY`, frame.type);
    if (frame.type === 'COMMIT') this.options.onCommit(this.nodeId!, frame, receivedMs);
    else this.options.onBusy(this.nodeId!, frame);
  }

  private async authenticate(hello: Frame<'HELLO'>): Promise<void> {
    const { nodeId, devices, signature } = hello;
    const key = await this.options.nodeKey(nodeId);
    if (this.state !== 'checking') return;
    if (!key) return this.refuse('unauthenticated', `node ${nodeId} is not registered`, 'HELLO');
    if (key.devices !== devices) {
      return this.refuse(
        'unauthenticated',
        `node ${nodeId} is registered with ${key.devices} devices, not ${devices}`,
        'HELLO',
      );
    }
    const signed = { reporter: this.options.reporter, nodeId, devices, nonce: this.nonce };
    if (!isSignedBy(key.workerKey, this.options.domain, 'Hello', signed, signature)) {
      return this.refuse('signature', `HELLO is not signed by the worker key of node ${nodeId}`, 'HELLO');
    }
    this.state = 'ready';
    this.nodeId = nodeId;
    this.adapters = hello.adapters;
    this.send(encodeFrame('READY', { nodeId }));
    this.options.onReady(this);
  }

  private ping(): void {
    if (!this.alive) {
      this.socket.terminate();
      return;
    }
    this.alive = false;
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
  }

  /** `ws` closes the socket itself on these; they are the peer's doing when they carry one of its codes. */
  private socketError(error: Error & { code?: string }): void {
    if (this.state === 'ended' || !error.code?.startsWith('WS_ERR_')) return;
    const oversized = error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    const kind = oversized ? 'oversized' : 'malformed';
    const closeCode = oversized ? 1009 : error.code === 'WS_ERR_INVALID_UTF8' ? 1007 : 1002;
    this.options.onRefused(this, { kind, closeCode, frameType: null, frameBytes: null, detail: error.message });
    this.state = 'ended';
  }

  private closed(): void {
    clearTimeout(this.handshakeTimer);
    clearInterval(this.pingTimer);
    this.state = 'ended';
    this.options.onClosed(this);
  }
}
