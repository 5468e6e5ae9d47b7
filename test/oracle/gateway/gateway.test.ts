import type { Socket } from 'node:net';
import type { Gateway } from '../../../src/oracle/gateway/gateway';
import { AddressStore } from '../../../src/oracle/store/addresses';
import { Database, openPool } from '../../../src/oracle/store/database';
import { IncidentStore } from '../../../src/oracle/store/incidents';
import { migrateOracleSchema } from '../../../src/oracle/store/migrate';
import { encodeOpening } from '../../../src/protocol/opening-parts';
import { monotonicMs } from '../../../src/runtime/clock';
import { startTestPostgres, type TestPostgres } from '../../support/postgres';
import { until } from '../../support/until';
import { commit, Dialled, HTTP, log, Rounds, rawSocket, silentSocket, testGateway, workers } from './dialled';

/** A reserved bit and an unknown opcode: no extension gives this frame a meaning. */
const ILLEGAL_FRAME = Buffer.from([0xff, 0x80, 0, 0, 0, 0]);
const { REQUEST, UPGRADE } = HTTP;

describe('gateway', () => {
  let postgres: TestPostgres;
  let database: Database;
  let gateway: Gateway;
  let port: number;
  const stop = new AbortController();
  const writes: Promise<void>[] = [];
  const rounds = new Rounds();
  const { seen } = rounds;
  const untilSeen = (entry: string) => until(entry, () => seen.includes(entry));
  const expectOpening = async (nodeId: number, maxBytes: number) => {
    gateway.expect(1, [{ nodeId, device: 0, maxBytes }]);
    await gateway.heardUpTo(monotonicMs());
  };
  const incidents = async (count: number) => {
    await until('incidents', () => writes.length >= count);
    await Promise.all(writes);
    return database.query<{
      kind: string;
      close_code: number;
      node_id: string | null;
      round: string;
      frame_type: string | null;
    }>('SELECT kind, close_code, node_id, round, frame_type FROM incidents ORDER BY id');
  };

  beforeAll(async () => {
    postgres = await startTestPostgres();
    database = new Database(openPool(postgres.env, log), log, stop.signal);
    await migrateOracleSchema(database.pool);
    expect(await migrateOracleSchema(database.pool)).toEqual([]);
    const store = new IncidentStore(database);
    gateway = testGateway(rounds, (incident) => writes.push(store.add(incident)));
    port = await gateway.listen();
  });

  afterAll(async () => {
    await gateway.close();
    await database.pool.end();
    await postgres.remove();
  });

  beforeEach(async () => {
    seen.length = 0;
    await Promise.all(writes.splice(0));
    await database.query('TRUNCATE incidents');
  });

  it('lets in the node whose worker key signed, and delivers its frames', async () => {
    const node = await Dialled.as(port, 0);
    await expectOpening(0, 10);
    node.socket.send(commit(1));
    for (const part of encodeOpening(1, 0, new Uint8Array(10))) node.socket.send(part);
    await untilSeen('open 0');
    expect(seen).toEqual(['ready 0', 'commit 0', 'open 0']);
    expect(gateway.isReachable(0)).toBe(true);
    expect(gateway.isReachable(1)).toBe(false);
    node.socket.close();
    await node.closed;
  });

  it('replaces the older session of a node', async () => {
    const older = await Dialled.as(port, 0);
    const newer = await Dialled.as(port, 0);
    expect(await older.closed).toBe(4409);
    newer.socket.send(commit(1));
    await untilSeen('commit 0');
    expect(gateway.isReachable(0)).toBe(true);
    newer.socket.close();
  });

  it('keeps the four newest addresses of a node for the next process', async () => {
    const store = new AddressStore(database);
    for (const n of [1, 2, 3, 4, 5]) await store.add({ nodeId: 1, address: `192.0.2.${n}` }, n * 1_000);
    await store.add({ nodeId: 2, address: '192.0.2.1' }, 2_500);
    await store.add({ nodeId: 1, address: '192.0.2.2' }, 2_000);
    const addresses = (await store.all()).map(({ nodeId, address }) => `${nodeId} ${address}`);
    expect(addresses).toEqual(['1 192.0.2.2', '2 192.0.2.1', '1 192.0.2.3', '1 192.0.2.4', '1 192.0.2.5']);
  });

  type Abuse = [name: string, kind: string, code: number, send: (node: Dialled) => unknown];
  const strangers: Abuse[] = [
    ['a frame before HELLO', 'unauthenticated', 4401, (node) => node.socket.send(commit(1))],
    [
      'an opening before HELLO',
      'unauthenticated',
      4401,
      (node) => node.socket.send(encodeOpening(1, 0, new Uint8Array(1))[0]!),
    ],
    ['text that is no frame', 'malformed', 4400, (node) => node.socket.send('hello?')],
    ['a frame of another version', 'version', 4426, (node) => node.socket.send('{"v":9,"type":"HELLO"}')],
    ['a HELLO of an unknown node', 'unauthenticated', 4401, (node) => node.hello(99, workers[0]!)],
    ["a HELLO signed by another's key", 'signature', 4403, (node) => node.hello(1, workers[0]!)],
    ['a HELLO with another device count', 'unauthenticated', 4401, (node) => node.hello(0, workers[0]!, 2)],
    ['a message beyond every limit', 'oversized', 1009, (node) => node.socket.send('x'.repeat(100_000))],
    [
      'text that is not UTF-8',
      'malformed',
      1007,
      (node) => node.socket.send(Buffer.from([0xff, 0xfe]), { binary: false }),
    ],
  ];
  it.each(strangers)('ends the socket of a stranger who sends %s', async (_, kind, code, send) => {
    const bystander = await Dialled.as(port, 0);
    const stranger = await Dialled.dial(port);
    await send(stranger);
    expect(await stranger.closed).toBe(code);
    expect(await incidents(1)).toMatchObject([{ kind, close_code: code, node_id: null, round: '42' }]);
    bystander.socket.send(commit(1));
    await untilSeen('commit 0');
    bystander.socket.close();
    await bystander.closed;
  });

  const members: Abuse[] = [
    ['a second HELLO', 'out_of_order', 4422, (node) => node.hello(1, workers[1]!)],
    ['a commitment nobody asked for', 'out_of_order', 4422, (node) => node.socket.send(commit(2))],
    ['a malformed commitment', 'malformed', 4400, (node) => node.socket.send('{"v":2,"type":"COMMIT","round":1}')],
    [
      'an oversized frame',
      'oversized',
      4413,
      (node) => node.socket.send(`{"v":2,"type":"COMMIT",${' '.repeat(1000)}}`),
    ],
    [
      'an opening too long',
      'oversized',
      4413,
      (node) => node.socket.send(encodeOpening(1, 0, new Uint8Array(5000))[0]!),
    ],
    ['a binary frame that is no opening', 'malformed', 4400, (node) => node.socket.send(Buffer.from([1, 2, 3]))],
    ['a flood of frames', 'rate', 4429, (node) => Array.from({ length: 100 }, () => node.socket.send(commit(1)))],
  ];
  it.each(members)('ends the session of a node that sends %s', async (_, kind, code, send) => {
    const bystander = await Dialled.as(port, 0);
    const node = await Dialled.as(port, 1);
    await expectOpening(1, 1000);
    await send(node);
    expect(await node.closed).toBe(code);
    expect(await incidents(1)).toMatchObject([{ kind, close_code: code, node_id: '1' }]);
    await untilSeen('broken 1');
    expect(gateway.isReachable(1)).toBe(false);
    expect(gateway.isReachable(0)).toBe(true);
    bystander.socket.send(commit(1));
    await untilSeen('commit 0');
    const again = await Dialled.as(port, 1);
    for (const { socket, closed } of [bystander, again]) {
      socket.close();
      await closed;
    }
  });

  describe('serves its nodes whatever bytes', () => {
    let bystander: Dialled;
    beforeEach(async () => {
      bystander = await Dialled.as(port, 0);
    });
    afterEach(async () => {
      bystander.socket.send(commit(1));
      await untilSeen('commit 0');
      bystander.socket.close();
      await bystander.closed;
    });
    const ended = (sockets: Socket[]) =>
      Promise.all(sockets.map((s) => s.closed || new Promise((resolve) => s.once('close', resolve))));

    it('outlives the bytes of 257 silent sockets, also of those that were turned away', async () => {
      const sockets = await Promise.all(Array.from({ length: 257 }, () => silentSocket(port)));
      for (const socket of sockets) socket.write(ILLEGAL_FRAME);
      await ended(sockets);
    });

    it.each([
      ['no HTTP', Buffer.from([0xff, 0x00, 0x16, 0x03, 0x01, 0x0d, 0x0a, 0x0d, 0x0a])],
      ['an endless header', `${REQUEST}X: ${'x'.repeat(100_000)}`],
      ['an upgrade to something else', `${REQUEST}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`],
      ['a tunnel', 'CONNECT gateway:1 HTTP/1.1\r\nHost: gateway\r\n\r\n'],
    ])('outlives bytes before an upgrade: %s', async (_, bytes) => {
      const socket = await rawSocket(port, bytes);
      socket.end();
      await ended([socket]);
    });

    it.each([
      ['in the middle of its upgrade', UPGRADE.slice(0, 60)],
      ['right after its upgrade', UPGRADE],
      ['with a frame on its way', Buffer.concat([Buffer.from(UPGRADE), ILLEGAL_FRAME.subarray(0, 1)])],
    ])('outlives a socket that resets %s', async (_, bytes) => {
      const socket = await rawSocket(port, bytes);
      socket.resetAndDestroy();
      await ended([socket]);
    });
  });
});
