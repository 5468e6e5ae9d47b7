import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEvidenceServer } from '../../../src/oracle/evidence/http/app';
import { EVIDENCE_LIMITS } from '../../../src/oracle/evidence/http/limits';
import { fileOf } from '../../../src/oracle/evidence/layout';
import { EvidenceStore } from '../../../src/oracle/evidence/store';
import { recordingLog } from './log';
import { say } from './sockets';

const ABOUT = { reporter: '0x01', chainId: 31337, oracle: '0x02', challengeWindowSeconds: 7200 };
/** More than one chunk of the server's, and no multiple of it. */
const REVEAL = randomBytes(200_001);
const TRANSCRIPT = Buffer.from('{"round":7,"verdict":"OK"}');
const UNKNOWN = '0'.repeat(64);

let folder: string;
let store: EvidenceStore;
let server: Server;
let port: number;
let reveal: string;
let transcript: string;
const damaged: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dpin-evidence-'));
  const { log } = recordingLog();
  store = await EvidenceStore.open({ folder, maxBytes: 1e9, challengeWindowMs: 7_200_000, log });
  reveal = (await store.put(REVEAL)).slice(2);
  transcript = (await store.put(TRANSCRIPT)).slice(2);
  const limits = { ...EVIDENCE_LIMITS, requestBurst: 1_000_000, requestsPerSecond: 1_000_000 };
  server = createEvidenceServer({ folder, about: ABOUT, limits, onDamaged: (path) => damaged.push(path) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string, options: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, options);
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('the evidence server', () => {
  it('says whose evidence it has and how long it stays', async () => {
    const response = await ask('/');
    expect(await response.json()).toEqual(ABOUT);
  });

  it('gives the bytes of a hash, to be kept for ever, to a page of any origin', async () => {
    const response = await ask(`/evidence/${reveal}`);
    expect(response.status).toBe(200);
    expect((await bytesOf(response)).equals(REVEAL)).toBe(true);
    const headers: Record<string, string> = {};
    response.headers.forEach((value, name) => {
      headers[name] = value;
    });
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '200001',
      etag: `"${reveal}"`,
      'cache-control': 'public, max-age=31536000, immutable',
      'accept-ranges': 'bytes',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
    expect(response.headers.has('x-powered-by')).toBe(false);
  });

  it('calls a transcript JSON', async () => {
    const response = await ask(`/evidence/${transcript}`);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect((await bytesOf(response)).equals(TRANSCRIPT)).toBe(true);
  });

  it('answers HEAD with the same headers and no bytes', async () => {
    const response = await ask(`/evidence/${reveal}`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('200001');
    expect((await bytesOf(response)).length).toBe(0);
  });

  it('does not send again what the client has', async () => {
    const response = await ask(`/evidence/${reveal}`, { headers: { 'If-None-Match': `"${reveal}"` } });
    expect(response.status).toBe(304);
    expect((await bytesOf(response)).length).toBe(0);
  });

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=100-199', 100, 200],
    ['bytes=65530-131100', 65_530, 131_101],
    ['bytes=200000-', 200_000, 200_001],
    ['bytes=-5', 199_996, 200_001],
    ['bytes=199999-999999', 199_999, 200_001],
  ])('gives the part %s', async (range, start, end) => {
    const response = await ask(`/evidence/${reveal}`, { headers: { Range: range } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/200001`);
    expect((await bytesOf(response)).equals(REVEAL.subarray(start, end))).toBe(true);
  });

  it.each(['bytes=200001-', 'bytes=300000-400000', 'bytes=-0'])('has no part %s', async (range) => {
    const response = await ask(`/evidence/${reveal}`, { headers: { Range: range } });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */200001');
  });

  it.each([
    ['several parts', { Range: 'bytes=0-1,5-6' }],
    ['a part in another unit', { Range: 'lines=0-1' }],
    ['a part that makes no sense', { Range: 'bytes=x' }],
    ['a part of another file', { Range: 'bytes=0-1', 'If-Range': `"${UNKNOWN}"` }],
  ])('gives the whole when asked for %s', async (_, headers) => {
    const response = await ask(`/evidence/${reveal}`, { headers: headers as Record<string, string> });
    expect(response.status).toBe(200);
    expect((await bytesOf(response)).length).toBe(200_001);
  });

  it.each([
    ['an unknown hash', `/evidence/${UNKNOWN}`, 404],
    ['a hash in capitals', `/evidence/${'A'.repeat(64)}`, 400],
    ['a hash that is too short', `/evidence/${'a'.repeat(63)}`, 400],
    ['a name that cannot be decoded', '/evidence/%zz', 400],
    ['a list of files', '/evidence/', 404],
    ['a folder of the store', '/files/', 404],
  ])('refuses %s', async (_, path, status) => {
    const response = await ask(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(Object.keys((await response.json()) as object)).toEqual(['error']);
  });

  it.each([
    '/../ages',
    '/evidence/../../etc/passwd',
    '/evidence/..%2f..%2fetc%2fpasswd',
    '/evidence/%2e%2e/ages',
    '/evidence//etc/passwd',
    `/evidence/${'a'.repeat(64)}%00.json`,
    '\\..\\ages',
    '//evidence/..',
  ])('stays in its folder when asked for %s', async (path) => {
    const answer = await say(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(answer).not.toMatch(/root:|at .*\.js/);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('answers %s with 405', async (method) => {
    const response = await ask(`/evidence/${reveal}`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });

  it('tells a browser that any page may ask for parts', async () => {
    const response = await ask(`/evidence/${reveal}`, { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, HEAD, OPTIONS');
    expect(response.headers.get('access-control-allow-headers')).toContain('Range');
  });

  it('reads no body', async () => {
    const answer = await say(port, 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nxxxx');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('does not give out a file whose bytes have changed, also after it gave it out before, and says so once', async () => {
    const bytes = randomBytes(70_000);
    const digits = createHash('sha256').update(bytes).digest('hex');
    await store.put(bytes);
    expect((await ask(`/evidence/${digits}`)).status).toBe(200);
    bytes[69_999]! ^= 1;
    writeFileSync(fileOf(folder, digits), bytes);
    for (let i = 0; i < 3; i++) expect((await ask(`/evidence/${digits}`)).status).toBe(404);
    expect(damaged).toEqual([fileOf(folder, digits)]);
    bytes[69_999]! ^= 1;
    await store.put(bytes);
    expect((await bytesOf(await ask(`/evidence/${digits}`))).equals(bytes)).toBe(true);
  });
});
