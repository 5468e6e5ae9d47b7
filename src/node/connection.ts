import type { Logger } from '@subsquid/logger';
import { WebSocket } from 'ws';
import { dpinDomain, signMessage, type TypedDataSigner } from '../protocol/eip712';
import {
  CLOSE,
  decodeFrame,
  encodeFrame,
  type Frame,
  FrameError,
  MAX_MESSAGE_BYTES,
  ORACLE_FRAMES,
} from '../protocol/messages';
import { helloValue } from '../protocol/signed-values';
import type { Party } from './checks';
import type { Work } from './work';

/** The oracle pings every 10 s; silence for longer than three of them means that the connection is dead. */
const SILENCE_MS = 35_000;
const HANDSHAKE_MS = 10_000;

export interface ConnectionOptions {
  url: string;
  chainId: number;
  /** Addresses, lower-case. */
  registry: string;
  oracle: string;
  nodeId: number;
  devices: number;
  adapters: { name: string; software: boolean }[];
  software: string;
  signer: TypedDataSigner;
  work: Work;
  log: Logger;
}

/** How a session ended. */
export interface Ended {
  code: number;
  reason: string;
  /** The oracle had accepted this node. */
  wasReady: boolean;
}

/** One dial of the oracle: handshake, then frames to the work until the socket ends. */
export class Connection {
  private readonly socket: WebSocket;
  private party: Party | null = null;
  private ready = false;
  private lastError = '';
  private silence: NodeJS.Timeout | null = null;
  /** Resolves when the socket has ended; never rejects. */
  readonly ended: Promise<Ended>;

  constructor(private readonly options: ConnectionOptions) {
    this.socket = new WebSocket(options.url, {
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_MS,
    });
    this.ended = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        if (this.silence) clearTimeout(this.silence);
        resolve({ code, reason: reason.toString('utf8') || this.lastError, wasReady: this.ready });
      });
    });
    this.socket.on('error', (error) => {
      this.lastError = error.message;
    });
    this.socket.on('open', () => this.listen());
    this.socket.on('ping', () => this.listen());
    this.socket.on('message', (data, isBinary) => this.receive(data as Buffer, isBinary));
  }

  /** @returns false when the session is not ready */
  send(message: string | Uint8Array): boolean {
    if (!this.ready || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(message);
    return true;
  }

  close(): void {
    this.socket.close(1000, 'the node stops');
  }

  /** Cuts the socket without waiting for the other side. */
  terminate(): void {
    this.socket.terminate();
  }

  private listen(): void {
    if (this.silence) clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.lastError = 'nothing heard from the oracle';
      this.socket.terminate();
    }, SILENCE_MS);
  }

  private receive(data: Buffer, isBinary: boolean): void {
    const { log } = this.options;
    try {
      if (isBinary) throw new FrameError('malformed', 'a binary frame from the oracle');
      this.handle(decodeFrame(data, ORACLE_FRAMES));
    } catch (error) {
      const kind = error instanceof FrameError ? error.kind : 'unexpected';
      const words =
        kind === 'version'
          ? 'the oracle speaks another version of the protocol: the older side needs an update'
          : 'the oracle sent a frame this node does not understand';
      log.error({ error: (error as Error).message }, words);
      this.socket.close(CLOSE[kind], 'frame not understood');
    }
  }

  private handle(frame: Frame<(typeof ORACLE_FRAMES)[number]>): void {
    const { work, log } = this.options;
    switch (frame.type) {
      case 'WELCOME':
        this.greet(frame).catch((error: Error) => {
          this.lastError = error.message;
          this.socket.terminate();
        });
        return;
      case 'READY':
        this.ready = true;
        log.info({ reporter: this.party?.reporter }, 'connected');
        work.resume();
        return;
      case 'ERROR':
        log.warn({ code: frame.code, reason: frame.reason }, 'the oracle ends the session');
        return;
      default:
        this.workOn(frame);
    }
  }

  private workOn(frame: Frame<'CHALLENGE' | 'RECEIPT' | 'COINS' | 'VERDICT'>): void {
    const { work, log } = this.options;
    if (!this.party || !this.ready) throw new FrameError('out_of_order', `${frame.type} before READY`, frame.type);
    if (frame.type === 'RECEIPT') {
      work.onReceipt(frame, this.party);
      return;
    }
    if (frame.type === 'VERDICT') {
      work.onVerdict(frame, this.party);
      return;
    }
    const working = frame.type === 'CHALLENGE' ? work.onChallenge(frame, this.party) : work.onCoins(frame, this.party);
    working.catch((error: Error) => log.error({ round: frame.round, error: error.message }, 'task failed'));
  }

  private async greet(welcome: Frame<'WELCOME'>): Promise<void> {
    const { chainId, registry, oracle, nodeId, devices, adapters, software, signer } = this.options;
    if (this.party) throw new Error('a second WELCOME');
    if (welcome.chainId !== chainId || welcome.registry !== registry) {
      throw new Error(`the oracle serves chain ${welcome.chainId} and registry ${welcome.registry}`);
    }
    const { reporter, nonce } = welcome;
    const domain = dpinDomain(chainId, registry);
    this.party = { chainId, oracle, domain, reporter, nodeId, devices };
    const hello = { nodeId, devices, adapters, software };
    const signature = await signMessage(signer, domain, 'Hello', helloValue(hello, reporter, nonce));
    this.socket.send(encodeFrame('HELLO', { ...hello, signature }));
  }
}
