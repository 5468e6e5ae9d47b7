import type { CloseKind, Frame } from '../../protocol/messages';

/** What the thread of the sockets is started with. Times are of the monotonic clock. */
export interface ThreadOptions {
  host: string;
  port: number;
  chainId: number;
  registry: string;
  reporter: string;
  software: string;
  limits: GatewayLimits;
  /** Openings of earlier rounds answer an oracle before this one and are dropped in silence. */
  firstRound: number;
  /** Sessions are numbered from here, so that those of an earlier thread are never taken for this one's. */
  firstSession: number;
  /** One double: the thread's last sign of life, ms. */
  pulse: SharedArrayBuffer;
}

/** Limits that an operator or a measurement may want otherwise. */
export interface GatewayLimits {
  /** Connections that have not said HELLO, in all. */
  strangers: number;
  /** Connections of one address that have not said HELLO. */
  perAddress: number;
  /** Time from the connection to HELLO. */
  handshakeMs: number;
  /** Time from the first byte of a message to its last. */
  messageMs: number;
}

/** One opening that may come. */
export interface ExpectedOpening {
  nodeId: number;
  device: number;
  maxBytes: number;
}

export interface Outgoing {
  nodeId: number;
  device: number;
  text: string;
}

/** A time in which the thread did not run. */
export interface Standstill {
  fromMs: number;
  toMs: number;
  /** How long it was by the monotonic or the wall clock, whichever says more: one of them stops with the machine. */
  lostMs: number;
}

/** Why a socket was refused, as it is written down. */
export interface Refusal {
  kind: CloseKind;
  closeCode: number;
  frameType: string | null;
  frameBytes: number | null;
  detail: string;
}

export type Adapters = Frame<'HELLO'>['adapters'];

/** From the main thread to the thread of the sockets. */
export type ToThread =
  | { type: 'ask'; id: number; frames: readonly Outgoing[] }
  | { type: 'send'; nodeId: number; text: string }
  /** The HELLO of this session was checked: it is the node. */
  | { type: 'admit'; session: number; nodeId: number; adapters: Adapters }
  /** Ends a session without blame. */
  | { type: 'end'; session: number; code: number; reason: string }
  | { type: 'refuse'; session: number; refusal: Omit<Refusal, 'closeCode'> }
  | { type: 'expect'; round: number; openings: readonly ExpectedOpening[] }
  | { type: 'expectNoMore'; round: number }
  /** So many bytes of openings are no longer on their way. */
  | { type: 'taken'; bytes: number }
  /** Wants `synced` after this time. */
  | { type: 'sync'; id: number; atMs: number }
  | { type: 'close' };

/** From the thread of the sockets to the main thread, in the order in which things happened. */
export type FromThread =
  | { type: 'listening'; port: number }
  | { type: 'cannotListen'; reason: string }
  | { type: 'hello'; session: number; address: string; nonce: string; frame: Frame<'HELLO'> }
  /** The session of this HELLO is over before it was answered. */
  | { type: 'hung'; session: number; address: string }
  | { type: 'ready'; session: number; nodeId: number; adapters: Adapters }
  | { type: 'commit'; session: number; nodeId: number; frame: Frame<'COMMIT'>; bytes: number; receivedMs: number }
  | { type: 'busy'; session: number; nodeId: number; frame: Frame<'BUSY'>; bytes: number; receivedMs: number }
  | {
      type: 'reveal';
      session: number;
      nodeId: number;
      round: number;
      device: number;
      opening: Uint8Array;
      receivedMs: number;
    }
  /** A node's session ended without blame and without a successor. */
  | { type: 'gone'; session: number; nodeId: number }
  /** A node's session ended for what the node did. */
  | { type: 'broken'; session: number; nodeId: number; atMs: number }
  | { type: 'refused'; nodeId: number | null; address: string; refusal: Refusal }
  /** So many refusals and turned away connections were left out of the log since the last such message. */
  | { type: 'leftOut'; refused: number; turnedAway: number }
  | { type: 'asked'; id: number; sentMs: (number | null)[] }
  | { type: 'synced'; id: number }
  | { type: 'standstill'; standstill: Standstill }
  | { type: 'fault'; error: string };

/** What to do with each type of message. */
export type Handlers<M extends { type: string }> = {
  [T in M['type']]: (message: Extract<M, { type: T }>) => void;
};

export function dispatch<M extends { type: string }>(handlers: Handlers<M>, message: M): void {
  const handle = handlers[message.type as M['type']] as (message: M) => void;
  handle(message);
}
