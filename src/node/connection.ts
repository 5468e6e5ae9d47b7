import type { Logger } from '@subsquid/logger';
import { WebSocket } from 'ws';
import { signMessage, type TypedDataSigner } from '../protocol/eip712';
import {
  CLOSE,
  type CloseKind,
  decodeFrame,
  encodeFrame,
  type Frame,
  FrameError,
  MAX_MESSAGE_BYTES,
  ORACLE_FRAMES,
} from '../protocol/messages';
import { helloValue } from '../protocol/signed-values';
import type { Answers } from './answers';
import type { Party } from './checks';
import type { Work } from './work';

/** The oracle pings every 10 s; silence for longer than three of them means that the connection is dead. */
const SILENCE_MS = 35_000;
const HANDSHAKE_MS = 10_000;
/** A socket that does not close when asked is cut after this. */
const FAREWELL_MS = 1_000;

export interface ConnectionOptions {
  url: string;
  /** Whom the gateway must speak for. */
  party: Party;
  /** Address of the NodeRegistry, lower-case. */
  registry: string;
  adapters: { name: string; software: boolean }[];
  software: string;
  signer: TypedDataSigner;
  work: Pick<Work, 'onChallenge' | 'onCoins' | 'resume'>;
  answers: Pick<Answers, 'onReceipt' | 'onVerdict'>;
  /** Told when the session begins and when the socket has ended. */
  onReady?: ((isReady: boolean) => void) | undefined;
  log: Logger;
}

/** How a session ended. */
export interface Ended {
  code: number;
  reason: string;
  /** The oracle had accepted this node. */
  wasReady: boolean;
}

/** One dial of an oracle: handshake, then frames to the work until the socket ends. */
export class Connection {
  private readonly socket: WebSocket;
  private isGreeted = false;
  private ready = false;
  private lastError = '';
  /** Why this side ended the session. */
  private refusal = '';
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
        options.onReady?.(false);
        resolve({ code, reason: this.refusal || reason.toString('utf8') || this.lastError, wasReady: this.ready });
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
    if (!this.ready || this.refusal || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(message);
    return true;
  }

  /** Ends the session without blame. */
  close(): void {
    this.end(1000, 'the node stops');
  }

  /** Ends the session for what the other side did or is. @param reason told to the operator, not to the other side */
  refuse(kind: CloseKind, reason: string): void {
    if (this.refusal) return;
    this.refusal = reason;
    this.end(CLOSE[kind], kind);
  }

  private end(code: number, words: string): void {
    this.socket.close(code, words);
    setTimeout(() => this.socket.terminate(), FAREWELL_MS).unref();
  }

  private listen(): void {
    if (this.silence) clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.lastError = 'nothing heard from the oracle';
      this.socket.terminate();
    }, SILENCE_MS);
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (this.refusal) return;
    try {
      if (isBinary) throw new FrameError('malformed', 'a binary frame from the oracle');
      this.handle(decodeFrame(data, ORACLE_FRAMES));
    } catch (error) {
      this.refuseFor(error as Error);
    }
  }

  private refuseFor(error: Error): void {
    const kind = error instanceof FrameError ? error.kind : 'unexpected';
    const words =
      kind === 'version'
        ? 'the oracle speaks another version of the protocol; the older side needs an update'
        : 'the oracle sent a frame this node does not understand';
    this.refuse(kind, `${words}: ${error.message}`);
  }

  private handle(frame: Frame<(typeof ORACLE_FRAMES)[number]>): void {
    const { work, log } = this.options;
    switch (frame.type) {
      case 'WELCOME':
        this.greet(frame).catch((error: Error) => this.refuseFor(error));
        return;
      case 'READY':
        if (!this.isGreeted) throw new FrameError('out_of_order', 'READY before HELLO', 'READY');
        this.ready = true;
        this.options.onReady?.(true);
        log.info('connected');
        work.resume();
        return;
      case 'ERROR':
        log.warn({ code: frame.code, reason: frame.reason }, 'the oracle ends the session');
        return;
      default:
        if (!this.ready) throw new FrameError('out_of_order', `${frame.type} before READY`, frame.type);
        this.workOn(frame);
    }
  }

  private workOn(frame: Frame<'CHALLENGE' | 'RECEIPT' | 'COINS' | 'VERDICT'>): void {
    const { work, answers, log } = this.options;
    if (frame.type === 'RECEIPT') answers.onReceipt(frame);
    else if (frame.type === 'VERDICT') answers.onVerdict(frame);
    else {
      const working = frame.type === 'CHALLENGE' ? work.onChallenge(frame) : work.onCoins(frame);
      working.catch((error: Error) => log.error({ round: frame.round, error: error.message }, 'task failed'));
    }
  }

  /** Signs in, but only with the reporter that was expected here: a nonce of another one is never signed. */
  private async greet({ chainId, registry, reporter, nonce }: Frame<'WELCOME'>): Promise<void> {
    const { party, adapters, software, signer } = this.options;
    if (this.isGreeted) throw new FrameError('out_of_order', 'a second WELCOME', 'WELCOME');
    if (chainId !== party.chainId || registry !== this.options.registry) {
      return this.refuse('unauthenticated', `the oracle serves chain ${chainId} and registry ${registry}`);
    }
    if (reporter !== party.reporter) {
      return this.refuse('unauthenticated', `the oracle is of reporter ${reporter}; ORACLE_URL names another one here`);
    }
    this.isGreeted = true;
    const hello = { nodeId: party.nodeId, devices: party.devices, adapters, software };
    const signature = await signMessage(signer, party.domain, 'Hello', helloValue(hello, party.reporter, nonce));
    this.socket.send(encodeFrame('HELLO', { ...hello, signature }));
  }
}
