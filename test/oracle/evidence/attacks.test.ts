import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVIDENCE_LIMITS, type EvidenceLimits } from '../../../src/oracle/evidence/http/limits';
import { EvidenceServer } from '../../../src/oracle/evidence/http/server';
import { EvidenceStore } from '../../../src/oracle/evidence/store';
import { FatalError } from '../../../src/runtime/errors';
import { until } from '../../support/until';
import { recordingLog } from './log';
import { dial, type RawClient, say } from './sockets';

const ABOUT = { reporter: '0x01', chainId: 31337, oracle: '0x02', challengeWindowSeconds: 7200 };
const REVEAL = randomBytes(4_000_000);
/** The limits, with waits that a test can sit out and rates that only their own tests meet. */
const QUICK: EvidenceLimits = {
  ...EVIDENCE_LIMITS,
  connections: 50,
  connectionsPerAddress: 50,
  requestBurst: 100_000,
  requestsPerSecond: 100_000,
  headersMs: 1_000,
  requestMs: 1_500,
  idleMs: 1_500,
  answerMs: 4_000,
};

let folder: string;
let store: EvidenceStore;
let reveal: string;
const { lines, log } = recordingLog();
const servers: EvidenceServer[] = [];
const clients: RawClient[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dpin-evidence-'));
  store = await EvidenceStore.open({ folder, maxBytes: 1e9, challengeWindowMs: 7_200_000, log });
  reveal = (await store.put(REVEAL)).slice(2);
});
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(limits: Partial<EvidenceLimits> = {}): Promise<{ server: EvidenceServer; port: number }> {
  const server = new EvidenceServer(
    { folder, host: '127.0.0.1', port: 0, about: ABOUT, limits: { ...QUICK, ...limits } },
    log,
  );
  servers.push(server);
  return { server, port: await server.listen() };
}

async function dialMany(port: number, count: number): Promise<RawClient[]> {
  const dialled = await Promise.all(Array.from({ length: count }, () => dial(port)));
  clients.push(...dialled);
  return dialled;
}

/** Resolves once an honest client gets its bytes. */
const honestIsServed = (port: number) =>
  until('an honest client is served', async () => {
    // Whoever was turned away dials again.
    const signal = AbortSignal.timeout(2_000);
    const response = await fetch(`http://127.0.0.1:${port}/evidence/${reveal}`, { signal }).catch(() => null);
    return response?.ok && Buffer.from(await response.arrayBuffer()).equals(REVEAL) ? true : undefined;
  });

describe('hostile clients of the evidence server', () => {
  it('1,000 sockets: those beyond the limit are closed at once, idle ones soon, and others get in again', async () => {
    const { port } = await serve();
    const dialled = await dialMany(port, 1_000);
    let open = dialled.length;
    for (const client of dialled) client.ended.then(() => open--);
    await until('sockets beyond the limit are closed', async () => (open <= QUICK.connections ? true : undefined));
    await honestIsServed(port);
  });

  it('one address with many sockets: it has its share and no more', async () => {
    const { port } = await serve({ connectionsPerAddress: 8, idleMs: 60_000, headersMs: 60_000, requestMs: 60_000 });
    const dialled = await dialMany(port, 20);
    let open = dialled.length;
    for (const client of dialled) client.ended.then(() => open--);
    await until('sockets beyond the share are closed', async () => (open === 8 ? true : undefined));
  });

  it('many addresses with many slow readers: who comes alone is served at once', async () => {
    const { port } = await serve({ connectionsPerAddress: 8, idleMs: 60_000, headersMs: 60_000, requestMs: 60_000 });
    const addresses = Array.from({ length: 10 }, (_, n) => `127.0.1.${n + 1}`);
    const dialled = await Promise.all(addresses.flatMap((from) => Array.from({ length: 8 }, () => dial(port, from))));
    clients.push(...dialled);
    const about = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5_000) });
    expect(about.status).toBe(200);
  });

  it('slowloris: headers that never end close the socket', async () => {
    const { port } = await serve();
    const dialled = await dialMany(port, 20);
    for (const { socket } of dialled) socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    const drip = setInterval(() => {
      for (const { socket } of dialled) if (!socket.destroyed) socket.write('X-A: b\r\n');
    }, 100);
    await Promise.all(dialled.map(({ ended }) => ended));
    clearInterval(drip);
    await honestIsServed(port);
  });

  it('a body that never ends is not waited for', async () => {
    const { port } = await serve();
    const answer = await say(port, 'GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('readers that do not read lose their socket', async () => {
    const { port } = await serve();
    const dialled = await dialMany(port, 20);
    for (const { socket } of dialled) {
      socket.pause();
      socket.write(`GET /evidence/${reveal} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(5));
    }
    await honestIsServed(port);
    // They hear of the end only when they read on.
    await new Promise((resolve) => setTimeout(resolve, QUICK.idleMs * 2 + 1_000));
    for (const { socket } of dialled) socket.resume();
    for (const heard of await Promise.all(dialled.map(({ ended }) => ended))) {
      expect(heard.length).toBeLessThan(5 * REVEAL.length);
    }
  });

  it('readers that read a little now and then do not hold an answer longer than its time', async () => {
    const { port } = await serve({ answerMs: 1_000, idleMs: 30_000 });
    const [client] = await dialMany(port, 1);
    client!.socket.pause();
    const sip = setInterval(() => client!.socket.read(1_000), 50);
    client!.socket.write(`GET /evidence/${reveal} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(20));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    clearInterval(sip);
    client!.socket.resume();
    await client!.ended;
    expect(client!.text().length).toBeLessThan(20 * REVEAL.length);
  });

  it.each([
    ['headers of 100 KB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`, 431],
    ['an address of 100 KB', `GET /evidence/${'a'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['no HTTP', `\x16\x03\x01${'\0'.repeat(200)}\r\n\r\n`, 400],
    ['two lengths', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  ])('%s: refused', async (_, bytes, status) => {
    const { port } = await serve();
    expect(await say(port, bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    await honestIsServed(port);
  });

  it('CONNECT: closed without an answer', async () => {
    const { port } = await serve();
    expect(await say(port, 'CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example\r\n\r\n')).not.toMatch(/ 200 /);
    await honestIsServed(port);
  });

  it('pipelined requests count each: beyond the rate they are answered 429', async () => {
    const { port } = await serve({ requestBurst: 10, requestsPerSecond: 1 });
    const requests = 'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(40);
    const answer = await say(port, `${requests}HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+) /g)].map((match) => match[1]);
    expect(statuses).toHaveLength(41);
    const refused = statuses.filter((status) => status === '429').length;
    expect(refused).toBeGreaterThanOrEqual(25);
    expect(refused).toBeLessThanOrEqual(31);
    expect(answer).toMatch(/Retry-After: 1/);
  });

  it('a proxy on this machine speaks for many addresses, each with a rate of its own', async () => {
    const { port } = await serve({ requestBurst: 3, requestsPerSecond: 0.01 });
    const from = (address: string) =>
      fetch(`http://127.0.0.1:${port}/`, { headers: { 'X-Forwarded-For': address } }).then(({ status }) => status);
    for (let i = 0; i < 3; i++) expect(await from('192.0.2.1')).toBe(200);
    expect(await from('192.0.2.1')).toBe(429);
    expect(await from('192.0.2.2')).toBe(200);
  });

  it('nothing of all this ended the thread', () => {
    expect(lines.filter((line) => line.includes('evidence server ended'))).toEqual([]);
  });
});

describe('the thread of the evidence server', () => {
  it('answers by itself: the main thread may stand still, and has nothing to do with it', async () => {
    const { port } = await serve();
    const client = `fetch('http://127.0.0.1:${port}/evidence/${reveal}').then((answer) => answer.arrayBuffer())
      .then((bytes) => console.log(bytes.byteLength))`;
    // This thread waits in one call until the client has ended.
    expect(execFileSync(process.execPath, ['-e', client]).toString().trim()).toBe(String(REVEAL.length));
  });

  it('that ends is started again on the same port, with a line in the log', async () => {
    const { server, port } = await serve();
    await (server as unknown as { thread: { terminate(): Promise<number> } }).thread.terminate();
    await honestIsServed(port);
    expect(lines.filter((line) => line.includes('evidence server ended'))).toHaveLength(1);
  });

  it('does not start on a port that is taken, which names EVIDENCE_PORT', async () => {
    const { port } = await serve();
    const second = new EvidenceServer({ folder, host: '127.0.0.1', port, about: ABOUT, limits: QUICK }, log);
    await expect(second.listen()).rejects.toThrow(FatalError);
    await expect(second.listen()).rejects.toThrow(/^EVIDENCE_PORT: cannot listen on 127\.0\.0\.1/);
  });
});
