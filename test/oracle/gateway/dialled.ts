import { connect, type Socket } from 'node:net';
import { createLogger } from '@subsquid/logger';
import { Wallet } from 'ethers';
import { WebSocket } from 'ws';
import { Gateway, type GatewayOptions, type NodeMessages } from '../../../src/oracle/gateway/gateway';
import type { Incident } from '../../../src/oracle/store/incidents';
import { dpinDomain, signMessage } from '../../../src/protocol/eip712';
import { decodeFrame, encodeFrame, type Frame, FrameError, ORACLE_FRAMES } from '../../../src/protocol/messages';
import { helloValue } from '../../../src/protocol/signed-values';

export const registry = `0x${'11'.repeat(20)}`;
export const reporter = `0x${'22'.repeat(20)}`;
export const domain = dpinDomain(31337, registry);
/** Worker keys of the nodes 0 to 9. */
export const workers = Array.from({ length: 10 }, (_, n) => new Wallet(`0x${`0${n}`.repeat(31)}${n + 10}`));
export const log = createLogger('dpin:test');
const b32 = `0x${'ab'.repeat(32)}`;

/** COMMIT of round 1, the one that the tests' gateways ask for, or of another. */
export const commit = (round: number, device = 0) =>
  encodeFrame('COMMIT', { round, device, commitment: b32, signature: `0x${'00'.repeat(65)}` });

/** A node's side of one socket. */
export class Dialled {
  readonly frames: Frame[] = [];
  readonly closed: Promise<number>;
  private wake: () => void = () => undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.frames.push(decodeFrame(data as Buffer, ORACLE_FRAMES));
      this.wake();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.on('close', (code) => resolve(code)));
  }

  /** @param from address that the socket comes from; any of 127.0.0.0/8 does */
  static async dial(port: number, from = '127.0.0.1'): Promise<Dialled> {
    const dialled = new Dialled(new WebSocket(`ws://127.0.0.1:${port}`, { localAddress: from }));
    await dialled.next('WELCOME');
    return dialled;
  }

  static async as(port: number, nodeId: number, from?: string): Promise<Dialled> {
    const dialled = await Dialled.dial(port, from);
    await dialled.hello(nodeId, workers[nodeId]!);
    await dialled.next('READY');
    return dialled;
  }

  async hello(nodeId: number, worker: Wallet, devices = 1): Promise<void> {
    this.socket.send(await this.signedHello(nodeId, worker, devices));
  }

  async signedHello(nodeId: number, worker: Wallet, devices = 1): Promise<string> {
    const welcome = await this.next('WELCOME');
    const hello = { nodeId, devices, adapters: [], software: 'test/1' };
    const signature = await signMessage(worker, domain, 'Hello', helloValue(hello, welcome.reporter, welcome.nonce));
    return encodeFrame('HELLO', { ...hello, signature });
  }

  /** The first frame of a type, as soon as it is there. @throws Error when the socket ends before */
  async next<T extends Frame['type']>(type: T): Promise<Frame<T>> {
    const ended = this.closed.then((code) => {
      throw new Error(`closed with ${code} instead of ${type}`);
    });
    ended.catch(() => undefined);
    for (;;) {
      const found = this.frames.find((frame) => frame.type === type);
      if (found) return found as Frame<T>;
      const woken = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      await Promise.race([woken, ended]);
    }
  }

  async leave(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: gateway\r\n';
const UPGRADE =
  `${REQUEST}Connection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
export const HTTP = { REQUEST, UPGRADE };

/** A TCP connection to the gateway that has sent `text`, and swallows its own errors. */
export async function rawSocket(port: number, text: string | Buffer = '', from = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  socket.on('error', () => undefined);
  socket.resume();
  // It may be turned away before it knows that it is connected.
  await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', () => resolve()));
  if (text.length > 0) await new Promise<void>((resolve) => socket.write(text, () => resolve()));
  return socket;
}

/** A WebSocket that says nothing once it is open. */
export async function silentSocket(port: number, from?: string): Promise<Socket> {
  const socket = await rawSocket(port, '', from);
  if (socket.closed) return socket;
  const answered = new Promise<void>((resolve) => socket.once('data', () => resolve()).once('close', () => resolve()));
  socket.write(UPGRADE);
  await answered;
  return socket;
}

/** A masked frame as a client sends it, with a mask of zeros. */
export function clientFrame(opcode: number, payload: Buffer | number, fin = true): Buffer {
  const length = typeof payload === 'number' ? payload : payload.length;
  const head = Buffer.from([(fin ? 0x80 : 0) | opcode, 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127)]);
  const size = length < 126 ? Buffer.alloc(0) : Buffer.alloc(length < 65_536 ? 2 : 8);
  if (size.length === 2) size.writeUInt16BE(length);
  if (size.length === 8) size.writeBigUInt64BE(BigInt(length));
  return Buffer.concat([head, size, Buffer.alloc(4), typeof payload === 'number' ? Buffer.alloc(0) : payload]);
}

/** The rounds as a gateway sees them: they ask for commitments of round 1 and write down what comes. */
export class Rounds implements NodeMessages {
  readonly seen: string[] = [];
  readonly received: { nodeId: number; receivedMs: number }[] = [];
  readonly openings: Uint8Array[] = [];

  onCommit(nodeId: number, frame: Frame<'COMMIT'>, receivedMs: number): void {
    if (frame.round !== 1) throw new FrameError('out_of_order', `no round ${frame.round}`, 'COMMIT');
    if (frame.device === 15) throw new Error('a mistake of ours');
    this.seen.push(`commit ${nodeId}`);
    this.received.push({ nodeId, receivedMs });
  }

  onBusy(nodeId: number): void {
    this.seen.push(`busy ${nodeId}`);
  }

  onReveal(nodeId: number, _round: number, _device: number, opening: Uint8Array): void {
    this.seen.push(`open ${nodeId}`);
    this.openings.push(opening);
  }

  onReady(nodeId: number): void {
    this.seen.push(`ready ${nodeId}`);
  }

  onGone(nodeId: number): void {
    this.seen.push(`gone ${nodeId}`);
  }

  onBroken(nodeId: number): void {
    this.seen.push(`broken ${nodeId}`);
  }

  currentRound(): number {
    return 42;
  }
}

/** A gateway on a free port that knows the nodes 0 to 9, with one device each. */
export function testGateway(
  messages: NodeMessages,
  addIncident: (incident: Incident) => void,
  others: Partial<GatewayOptions> = {},
): Gateway {
  return new Gateway({
    host: '127.0.0.1',
    port: 0,
    chainId: 31337,
    registry,
    reporter,
    software: 'test/1',
    domain,
    firstRound: 1,
    nodeKey: async (nodeId) => (workers[nodeId] ? { workerKey: workers[nodeId].address, devices: 1 } : null),
    log,
    messages,
    addIncident,
    ...others,
  });
}
