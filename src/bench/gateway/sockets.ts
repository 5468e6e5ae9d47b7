import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import { Wallet } from 'ethers';
import { WebSocket } from 'ws';
import { dpinDomain, signMessage } from '../../protocol/eip712';
import { encodeFrame, type Frame } from '../../protocol/messages';
import { helloValue } from '../../protocol/signed-values';
import type { AttackKind, FromSockets, ToSockets } from './children';

/** Entry point of the process that holds the client side's sockets: idle ones, nodes or attackers. */
const HOST = '127.0.0.1';
/** Sockets that connect at the same time; honest nodes stay below the seats of their address. */
const AT_ONCE = 64;
/** Addresses that attackers and nodes come from. */
const ATTACK_ADDRESSES = 16;
const NODE_ADDRESSES = 100;
const COMMITMENT = `0x${'ab'.repeat(32)}`;
const NO_SIGNATURE = `0x${'00'.repeat(65)}`;
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
const FLOOD_FRAMES = 5_000;
const REST_MS = 1;
/**
 * Floods share a line of 200 Mbit/s: 4 million pongs a second. Unbounded on the loopback of a machine of two cores, at
 * ten times that, attackers take the cores as well, and the median shifts by 6 to 75 ms.
 */
const LINE_BYTES_PER_MS = 25_000;
const LINE_TICK_MS = 5;
/** An attacker does not wait longer for the answer to its HELLO. */
const PATIENCE_MS = 100;

let count = 0;
let lineBytes = 0;
const answer = (done: number) => process.send?.({ done } satisfies FromSockets);

/** A masked frame with a mask of zeros. */
function frame(opcode: number, payload: Buffer): Buffer {
  const length =
    payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...length, 0, 0, 0, 0]), payload]);
}

async function inTurn(total: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < total) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function openIdle(port: number, total: number): Promise<void> {
  await inTurn(total, async () => {
    const socket = new WebSocket(`ws://${HOST}:${port}`, { perMessageDeflate: false });
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('message', resolve).once('close', resolve));
  });
}

async function logIn(port: number, nodeId: number, wallet: Wallet, delayMs: number): Promise<WebSocket> {
  const localAddress = `127.0.2.${1 + (nodeId % NODE_ADDRESSES)}`;
  const socket = new WebSocket(`ws://${HOST}:${port}`, { perMessageDeflate: false, localAddress });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.on('message', async (data) => {
      const told = JSON.parse(data.toString()) as Frame;
      if (told.type === 'WELCOME') socket.send(await hello(told, nodeId, wallet));
      if (told.type === 'READY') resolve();
      if (told.type === 'CHALLENGE') {
        const { round, device } = told;
        const commit = encodeFrame('COMMIT', { round, device, commitment: COMMITMENT, signature: NO_SIGNATURE });
        setTimeout(() => socket.send(commit), delayMs);
      }
    });
  });
  return socket;
}

async function hello(welcome: Frame<'WELCOME'>, nodeId: number, wallet: Wallet): Promise<string> {
  const { chainId, registry, reporter, nonce } = welcome;
  const said = { nodeId, devices: 1, adapters: [], software: 'bench' };
  const signed = helloValue(said, reporter, nonce);
  const signature = await signMessage(wallet, dpinDomain(chainId, registry), 'Hello', signed);
  return encodeFrame('HELLO', { ...said, signature });
}

/** One attacking socket after the other, for ever. */
function attack(port: number, kind: AttackKind, lane: number): void {
  const localAddress = `127.0.1.${1 + (lane % ATTACK_ADDRESSES)}`;
  const socket = connect({ port, host: HOST, localAddress });
  socket.on('error', () => undefined);
  socket.once('connect', () => socket.write(UPGRADE));
  socket.once('data', () => strike(socket, kind));
  socket.on('data', () => undefined);
  socket.once('close', () => setTimeout(() => attack(port, kind, lane), REST_MS));
}

const PONGS = Buffer.concat(Array(FLOOD_FRAMES).fill(frame(0xa, Buffer.alloc(0))));
const GARBAGE = Buffer.concat(Array(FLOOD_FRAMES).fill(frame(1, Buffer.from('garbage'))));

function strike(socket: Socket, kind: AttackKind): void {
  if (kind === 'connects') {
    count += 1;
    socket.destroy();
  } else if (kind === 'bad HELLOs') {
    count += 1;
    const signature = `0x${randomBytes(64).toString('hex')}1b`;
    const said = { nodeId: randomBytes(1)[0]!, devices: 1, adapters: [], software: 'bench', signature };
    socket.write(frame(1, Buffer.from(encodeFrame('HELLO', said))));
    setTimeout(() => socket.destroy(), PATIENCE_MS);
  } else flood(socket, kind === 'garbage' ? GARBAGE : PONGS);
}

/** Sends frames until the socket is closed, as fast as it takes them and all floods together have a line for. */
function flood(socket: Socket, frames: Buffer): void {
  if (socket.destroyed) return;
  if (lineBytes <= 0) {
    setTimeout(flood, LINE_TICK_MS, socket, frames);
    return;
  }
  lineBytes -= frames.length;
  socket.write(frames, (error) => {
    if (error) return;
    count += FLOOD_FRAMES;
    setImmediate(flood, socket, frames);
  });
}

/** A registered node that floods, comes back and floods again. */
async function memberFlood(port: number, nodeId: number, key: string): Promise<void> {
  const wallet = new Wallet(key);
  for (;;) {
    const socket = await logIn(port, nodeId, wallet, 0);
    const { _socket: line } = socket as unknown as { _socket: Socket };
    const closed = new Promise((resolve) => socket.once('close', resolve));
    if (socket.readyState === WebSocket.OPEN) {
      flood(line, PONGS);
      await closed;
    }
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
}

process.on('message', async (order: ToSockets) => {
  switch (order.do) {
    case 'idle':
      await openIdle(order.port, order.count);
      break;
    case 'nodes': {
      const wallets = order.keys.map((key) => new Wallet(key));
      await inTurn(wallets.length, async (i) => {
        await logIn(order.port, i, wallets[i]!, order.delayMs);
      });
      break;
    }
    case 'attack':
      setInterval(() => {
        lineBytes = Math.min(lineBytes, 0) + LINE_BYTES_PER_MS * LINE_TICK_MS;
      }, LINE_TICK_MS);
      setPriority(constants.priority.PRIORITY_LOW);
      for (let lane = 0; lane < order.sockets; lane++) attack(order.port, order.kind, lane);
      if (order.kind === 'control frames') void memberFlood(order.port, order.member.nodeId, order.member.key);
      break;
    case 'count':
      break;
  }
  answer(count);
  count = 0;
});
process.on('disconnect', () => process.exit(0));
