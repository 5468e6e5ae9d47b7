import type { Socket } from 'node:net';
import type { Gateway } from '../../../src/oracle/gateway/gateway';
import type { Incident } from '../../../src/oracle/store/incidents';
import { encodeFrame } from '../../../src/protocol/messages';
import { encodeOpening, PART_BYTES } from '../../../src/protocol/opening-parts';
import { monotonicMs } from '../../../src/runtime/clock';
import { until } from '../../support/until';
import { clientFrame, commit, Dialled, Rounds, rawSocket, silentSocket, testGateway, workers } from './dialled';

const PING = 0x9;
const PONG = 0xa;
/** The attacker's address; bystanders have 127.0.0.1. */
const ELSEWHERE = '127.0.0.2';
const HANDSHAKE_MS = 3_000;
const MESSAGE_MS = 1_500;

const many = <T>(count: number, make: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));
/** Bytes that `ws` would not send. */
const sendRaw = ({ socket }: Dialled, bytes: Buffer) => (socket as unknown as { _socket: Socket })._socket.write(bytes);
const untilClosed = (sockets: Socket[]) => until('all closed', () => sockets.every((socket) => socket.closed));

describe('the gateway under attack', () => {
  let gateway: Gateway;
  let port: number;
  let bystander: Dialled;
  const rounds = new Rounds();
  const { seen } = rounds;
  const incidents: Incident[] = [];
  const lookups: number[] = [];
  const untilSeen = (entry: string) => until(entry, () => seen.includes(entry));
  const untilIncident = (kind: string) => until(kind, () => incidents.find((incident) => incident.kind === kind));

  beforeAll(async () => {
    gateway = testGateway(rounds, (incident) => incidents.push(incident), {
      limits: { handshakeMs: HANDSHAKE_MS, messageMs: MESSAGE_MS },
      nodeKey: async (nodeId) => {
        lookups.push(nodeId);
        return workers[nodeId] ? { workerKey: workers[nodeId].address, devices: 1 } : null;
      },
    });
    port = await gateway.listen();
    bystander = await Dialled.as(port, 0);
  });
  afterAll(() => gateway.close());

  beforeEach(() => {
    seen.length = 0;
    incidents.length = 0;
  });

  /** What the attack is about: somebody else’s session stays, is sent what is due to it and is heard. */
  afterEach(async () => {
    bystander.frames.length = 0;
    const [sentMs] = await gateway.ask([{ nodeId: 0, device: 0, text: encodeFrame('READY', { nodeId: 0 }) }]);
    expect(sentMs).not.toBeNull();
    await bystander.next('READY');
    seen.length = 0;
    bystander.socket.send(commit(1));
    await untilSeen('commit 0');
    gateway.expectNoMore(1);
  });

  describe('by sockets', () => {
    it.each([
      ['of another address', 300, () => ELSEWHERE],
      ["of the node's own address", 300, () => '127.0.0.1'],
      ['of eight addresses, more than there are seats', 1_200, (i: number) => `127.0.0.${10 + (i % 8)}`],
    ])('lets a node in beside idle sockets %s', async (_, count, address) => {
      const idle = await many(count, (i) => silentSocket(port, address(i)));
      const node = await Dialled.as(port, 1);
      await untilSeen('ready 1');
      await untilClosed(idle);
      expect(gateway.isReachable(1)).toBe(true);
      await node.leave();
    });

    it('lets a node in beside 3,000 TCP connections that say nothing, and ends them', async () => {
      const halfOpen: Socket[] = [];
      while (halfOpen.length < 3_000) halfOpen.push(...(await many(300, () => rawSocket(port, '', ELSEWHERE))));
      const node = await Dialled.as(port, 1);
      await untilClosed(halfOpen);
      await node.leave();
    });

    it('tells a silent socket that its time is over', async () => {
      const silent = await Dialled.dial(port);
      expect(await silent.closed).toBe(4408);
      expect(silent.frames.at(-1)).toMatchObject({ type: 'ERROR', code: 4408 });
    });

    it('ends eight loops of connections and garbage one by one', async () => {
      const loop = async (i: number) => {
        const codes = new Set<number>();
        for (let turn = 0; turn < 15; turn++) {
          const socket = await Dialled.dial(port, `127.0.0.${20 + i}`);
          socket.socket.send('garbage');
          codes.add(await socket.closed);
        }
        return [...codes];
      };
      expect((await many(8, loop)).flat()).toEqual(Array(8).fill(4400));
    });

    it('does not compress', async () => {
      const node = await Dialled.dial(port);
      expect(node.socket.extensions).toBe('');
      await node.leave();
    });

    it('writes down so many refusals and no more', async () => {
      const written: Incident[] = [];
      const other = testGateway(new Rounds(), (incident) => written.push(incident));
      const otherPort = await other.listen();
      const flood = async () => {
        const socket = await Dialled.dial(otherPort);
        socket.socket.send('garbage');
        await socket.closed;
      };
      for (let i = 0; i < 20; i++) await many(25, flood);
      await other.close();
      expect(written.length).toBeGreaterThan(0);
      expect(written.length).toBeLessThan(400);
    });
  });

  describe('by bytes', () => {
    it.each([
      ['a flood of pongs', 4429, () => clientFrame(PONG, 0)],
      ['a flood of pings', 4429, () => clientFrame(PING, 0)],
      ['10,000 garbage frames', 4400, () => clientFrame(1, Buffer.from('garbage'))],
      ['a message of ever more empty fragments', 1008, () => clientFrame(0, 0, false)],
    ])('ends the socket of a stranger or a node at %s', async (_, code, frame) => {
      const begun = code === 1008 ? [clientFrame(1, 0, false)] : [];
      const flood = Buffer.concat([...begun, ...Array.from({ length: 10_000 }, frame)]);
      const stranger = await Dialled.dial(port, ELSEWHERE);
      sendRaw(stranger, flood);
      expect(await stranger.closed).toBe(code);
      const node = await Dialled.as(port, 1, ELSEWHERE);
      sendRaw(node, flood);
      expect(await node.closed).toBe(code);
      await untilSeen('broken 1');
    });

    it.each([
      ['64 KiB of text', 4413, 65_536],
      ['65,537 bytes', 1009, 65_537],
      ['10 MB', 1009, 10_000_000],
    ])('ends the socket of a stranger or a node at %s', async (_, code, bytes) => {
      for (const dialled of [await Dialled.dial(port, ELSEWHERE), await Dialled.as(port, 1, ELSEWHERE)]) {
        dialled.socket.send('x'.repeat(bytes));
        expect(await dialled.closed).toBe(code);
      }
    });

    it('tells a peer of another version so', async () => {
      const peer = await Dialled.dial(port);
      peer.socket.send('{"v":9,"type":"HELLO"}');
      expect(await peer.closed).toBe(4426);
      expect(peer.frames.at(-1)).toMatchObject({ code: 4426, reason: expect.stringContaining('version') });
    });

    it('ends the session of a node at 10,000 COMMITs', async () => {
      const node = await Dialled.as(port, 1);
      for (let i = 0; i < 10_000; i++) node.socket.send(commit(1));
      expect(await node.closed).toBe(4429);
      await untilSeen('broken 1');
    });

    it('ends the session of a node at a frame by which the oracle itself fails', async () => {
      const node = await Dialled.as(port, 1);
      node.socket.send(commit(1, 15));
      expect(await node.closed).toBe(4500);
      // Our failure is no miss of the node.
      await untilSeen('gone 1');
    });

    it('ends a writer that never comes to the end of its message', async () => {
      const node = await Dialled.as(port, 1);
      const dribble = setInterval(() => sendRaw(node, Buffer.from('x')), 100);
      sendRaw(node, clientFrame(1, 1_000));
      expect(await node.closed).toBe(4429);
      clearInterval(dribble);
    });

    it('ends a stranger that dribbles its HELLO', async () => {
      const stranger = await Dialled.dial(port);
      const dribble = setInterval(() => sendRaw(stranger, Buffer.from('x')), 100);
      sendRaw(stranger, clientFrame(1, 1_000));
      expect(await stranger.closed).toBe(4408);
      clearInterval(dribble);
    });

    it('drops a node that does not read', async () => {
      const node = await Dialled.as(port, 1);
      await untilSeen('ready 1');
      node.socket.pause();
      const text = 'x'.repeat(65_536);
      await until('drop', () => {
        for (let i = 0; i < 20; i++) gateway.send(1, text);
        return !gateway.isReachable(1);
      });
      expect(await untilIncident('rate')).toMatchObject({ nodeId: 1, detail: 'does not read what it is sent' });
      expect(seen).toContain('broken 1');
    });
  });

  describe('by HELLO', () => {
    it('refuses a signature that was made for another socket', async () => {
      const first = await Dialled.dial(port);
      const replayed = await first.signedHello(1, workers[1]!);
      const second = await Dialled.dial(port);
      second.socket.send(replayed);
      expect(await second.closed).toBe(4403);
      await first.leave();
    });

    it('asks the chain nothing for what is no signature, and once for a node again and again', async () => {
      lookups.length = 0;
      const none = await Dialled.dial(port);
      const signature = `0x${'00'.repeat(65)}`;
      none.socket.send(encodeFrame('HELLO', { nodeId: 77, devices: 1, adapters: [], software: 'test/1', signature }));
      expect(await none.closed).toBe(4403);
      expect(lookups).toEqual([]);
      for (let i = 0; i < 5; i++) {
        const stranger = await Dialled.dial(port);
        await stranger.hello(77, workers[1]!);
        expect(await stranger.closed).toBe(4401);
      }
      expect(lookups).toEqual([77]);
    });

    it('lets a node in beside a flood of HELLOs of strangers', async () => {
      const flood = async () => {
        const stranger = await Dialled.dial(port, ELSEWHERE);
        await stranger.hello(2, workers[3]!);
        return stranger.closed;
      };
      const strangers = many(200, flood);
      const node = await Dialled.as(port, 1);
      await node.leave();
      expect(new Set(await strangers)).toEqual(new Set([4403]));
    });
  });

  describe('by openings', () => {
    const expectOpening = async (nodeId: number, maxBytes: number) => {
      gateway.expect(1, [{ nodeId, device: 0, maxBytes }]);
      await gateway.heardUpTo(monotonicMs());
      rounds.openings.length = 0;
    };
    const bytes = Uint8Array.from({ length: 2 * PART_BYTES }, (_, i) => i & 0xff);
    const [first, second] = encodeOpening(1, 0, bytes);

    it('ends the session of a node that announces 5 MB', async () => {
      await expectOpening(1, 1_000);
      const node = await Dialled.as(port, 1);
      node.socket.send(encodeOpening(1, 0, new Uint8Array(5_000_000))[0]!);
      expect(await node.closed).toBe(4413);
    });

    it('takes a whole opening after half of one and a lost session', async () => {
      await expectOpening(1, bytes.length);
      const half = await Dialled.as(port, 1);
      half.socket.send(first!);
      half.socket.terminate();
      await untilSeen('gone 1');
      const node = await Dialled.as(port, 1);
      for (const part of [first!, second!]) node.socket.send(part);
      await untilSeen('open 1');
      expect(rounds.openings).toHaveLength(1);
      expect(Buffer.compare(rounds.openings[0]!, bytes)).toBe(0);
      await node.leave();
    });

    it('does not join the halves of two sessions', async () => {
      await expectOpening(1, bytes.length);
      const older = await Dialled.as(port, 1);
      older.socket.send(first!);
      await gateway.heardUpTo(monotonicMs() + 50);
      const newer = await Dialled.as(port, 1);
      expect(await older.closed).toBe(4409);
      newer.socket.send(second!);
      expect(await newer.closed).toBe(4422);
      expect(rounds.openings).toHaveLength(0);
    });

    it('drops in silence what comes for a round that is over, and refuses one that is not open', async () => {
      await expectOpening(1, bytes.length);
      gateway.expectNoMore(1);
      const node = await Dialled.as(port, 1);
      node.socket.send(first!);
      node.socket.send(commit(1));
      await untilSeen('commit 1');
      node.socket.send(encodeOpening(2, 0, bytes)[0]!);
      expect(await node.closed).toBe(4422);
    });
  });
});
