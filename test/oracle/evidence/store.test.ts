import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@subsquid/logger';
import { EvidenceStore } from '../../../src/oracle/evidence/store';
import { FatalError, RetryableError } from '../../../src/runtime/errors';
import { startChild } from '../../support/child';
import { recordingLog } from './log';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WINDOW_MS = 2 * HOUR_MS;
/** Any time; ten minutes begin there. */
const START_MS = 1_700_000_400_000;
const CHILD = join(__dirname, 'store-child.js');

let folder: string;
let nowMs: number;
let lines: string[];
let log: Logger;
const opened: EvidenceStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dpin-evidence-'));
  nowMs = START_MS;
  ({ lines, log } = recordingLog());
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openStore(maxBytes = 1e9): Promise<EvidenceStore> {
  const store = await EvidenceStore.open({
    folder,
    maxBytes,
    challengeWindowMs: WINDOW_MS,
    log,
    now: () => nowMs,
  });
  opened.push(store);
  return store;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
/** Every file that could be served. */
const served = () =>
  readdirSync(join(folder, 'files')).flatMap((prefix) =>
    readdirSync(join(folder, 'files', prefix)).map((name) => ({ name, path: join(folder, 'files', prefix, name) })),
  );

describe('evidence on the disk', () => {
  it('comes back by its hash, also after a restart', async () => {
    const bytes = randomBytes(100_000);
    const hash = await (await openStore()).put(bytes);
    expect(hash).toBe(`0x${sha256(bytes)}`);
    const again = await openStore();
    expect(Buffer.from((await again.get(hash))!).equals(bytes)).toBe(true);
    expect(await again.has(hash.slice(2))).toBe(true);
    expect(again.totalBytes).toBe(100_000);
  });

  it('is one file and counts once, however often and however fast it is put', async () => {
    const store = await openStore();
    const bytes = randomBytes(5_000);
    const hashes = await Promise.all([store.put(bytes), store.put(bytes), store.put(bytes)]);
    expect(new Set(hashes).size).toBe(1);
    expect(served()).toHaveLength(1);
    expect(store.totalBytes).toBe(5_000);
  });

  it('is null for a hash that is not there and for a name that is no hash', async () => {
    const store = await openStore();
    const hash = await store.put(Buffer.from('evidence'));
    for (const name of [
      `0x${'0'.repeat(64)}`,
      hash.toUpperCase(),
      `../files/${hash.slice(2, 4)}/${hash.slice(2)}`,
      `${hash}/`,
      `${hash}\0`,
      '..',
      '',
    ]) {
      expect(await store.get(name)).toBeNull();
      expect(await store.has(name)).toBe(false);
    }
  });

  it('is not given out, removed and reported when its bytes have changed, and can be put again', async () => {
    const store = await openStore();
    const bytes = randomBytes(1_000);
    const hash = await store.put(bytes);
    const [file] = served();
    writeFileSync(file!.path, Buffer.concat([bytes.subarray(1), Buffer.from([bytes[0]! ^ 1])]));
    expect(await store.get(hash)).toBeNull();
    expect(served()).toHaveLength(0);
    expect(lines.join()).toMatch(/evidence was damaged on the disk and is removed/);
    await store.put(bytes);
    expect(Buffer.from((await store.get(hash))!).equals(bytes)).toBe(true);
  });

  it('is whole or absent after kill -9 at any moment, and nothing half written is left after the next start', async () => {
    for (let kill = 0; kill < 8; kill++) {
      const child = startChild(CHILD, { folder, bytes: 400_000, count: 1_000 });
      let printed = '';
      child.stdout!.on('data', (chunk: Buffer) => {
        printed += chunk;
      });
      while (!printed.includes('\n')) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, kill * 7));
      child.kill('SIGKILL');
      await child.done.catch(() => undefined);
      const answered = printed.split('\n').slice(0, -1);
      const names = served();
      expect(answered.filter((hash) => !names.some(({ name }) => `0x${name}` === hash))).toEqual([]);
      expect(names.filter(({ name, path }) => sha256(readFileSync(path)) !== name)).toEqual([]);
      const store = await openStore();
      expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
      // What is on the disk is known, so that it goes one day.
      expect(store.totalBytes).toBeGreaterThanOrEqual(names.length * 400_000);
      await store.close();
    }
  });

  it('is refused with a clear error by a disk that takes no more, without a trace', async () => {
    // The limit of a file's size cuts a write in the middle, as a full disk does.
    const child = startChild(CHILD, { folder, bytes: 400_000, count: 2 }, 'ulimit -f 200');
    const printed = await child.done;
    expect(printed).toHaveLength(6);
    for (const line of printed) expect(line).toMatch(/^RetryableError: EVIDENCE_DIR: .* cannot be written: EFBIG/);
    expect(served()).toEqual([]);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    expect((await openStore()).totalBytes).toBe(0);
  });

  it('names EVIDENCE_DIR when the folder cannot be used', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const opening = EvidenceStore.open({ folder: file, maxBytes: 1, challengeWindowMs: 1, log });
    await expect(opening).rejects.toThrow(FatalError);
    await expect(opening).rejects.toThrow(/^EVIDENCE_DIR: /);
  });
});

describe('evidence that grows old', () => {
  /** One file of 1,000 bytes each ten minutes. */
  async function putOverTime(store: EvidenceStore, count: number): Promise<string[]> {
    const hashes: string[] = [];
    for (let i = 0; i < count; i++) {
      hashes.push(await store.put(randomBytes(1_000)));
      nowMs += 10 * MINUTE_MS;
    }
    return hashes;
  }

  it('stays as long as there is room, far beyond the window', async () => {
    const store = await openStore(30_000);
    const hashes = await putOverTime(store, 30);
    expect(await store.prune(nowMs)).toEqual({ files: 0, bytes: 0 });
    expect(await store.has(hashes[0]!)).toBe(true);
  });

  it('goes oldest first when the bound is met, also after a restart with a lower bound', async () => {
    const hashes = await putOverTime(await openStore(), 30);
    const store = await openStore(20_000);
    expect(await store.prune(nowMs)).toEqual({ files: 10, bytes: 10_000 });
    const left = await Promise.all(hashes.map((hash) => store.has(hash)));
    expect(left).toEqual(hashes.map((_, index) => index >= 10));
    expect(store.totalBytes).toBe(20_000);
    expect(served()).toHaveLength(20);
    expect(readdirSync(join(folder, 'ages'))).toHaveLength(20);
    expect(lines).toEqual([]);
  });

  it('goes inside the window only when the bound forces it, which is said once with numbers', async () => {
    const store = await openStore(6_000);
    await putOverTime(store, 12);
    await store.prune(nowMs);
    expect(store.totalBytes).toBeLessThanOrEqual(6_000);
    const warnings = lines.filter((line) => line.includes('inside the challenge window'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/"windowMinutes":120/);
    expect(warnings[0]).toMatch(/"keptMinutes":5\d|"keptMinutes":[56]0/);
  });

  it('counts from when it was put last', async () => {
    const store = await openStore(3_000);
    const bytes = randomBytes(1_000);
    const first = await store.put(bytes);
    nowMs += HOUR_MS;
    await store.put(bytes);
    nowMs += HOUR_MS;
    await store.put(randomBytes(1_000));
    nowMs += HOUR_MS;
    await store.put(randomBytes(1_000));
    expect(await store.has(first)).toBe(true);
    expect(store.totalBytes).toBe(3_000);
  });

  it('makes room for what comes, and what finds none is refused naming EVIDENCE_MAX_GB', async () => {
    const store = await openStore(2_500);
    const [oldest] = await putOverTime(store, 2);
    await store.put(randomBytes(1_000));
    expect(await store.has(oldest!)).toBe(false);
    await store.put(randomBytes(1_000));
    // Both files that are left came in these ten minutes.
    const refused = store.put(randomBytes(1_000));
    await expect(refused).rejects.toThrow(RetryableError);
    await expect(refused).rejects.toThrow(/^EVIDENCE_DIR: .* Raise EVIDENCE_MAX_GB/);
    expect(served()).toHaveLength(2);
  });

  it('stays within the bound when many come at once', async () => {
    const store = await openStore(10_000);
    const results = await Promise.allSettled(Array.from({ length: 40 }, () => store.put(randomBytes(1_000))));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(served().reduce((total, { path }) => total + statSync(path).size, 0)).toBe(10_000);
  });

  it('goes also where a crash cut the list of its ten minutes short', async () => {
    const first = await openStore();
    await putOverTime(first, 1);
    const [ages] = readdirSync(join(folder, 'ages'));
    const torn = readFileSync(join(folder, 'ages', ages!), 'utf8').slice(0, 40);
    writeFileSync(join(folder, 'ages', ages!), torn, { flag: 'a' });
    nowMs = START_MS;
    const second = await openStore();
    const hash = await second.put(randomBytes(1_000));
    nowMs += HOUR_MS;
    const third = await openStore(500);
    expect(await third.prune(nowMs)).toEqual({ files: 2, bytes: 2_000 });
    expect(await third.has(hash)).toBe(false);
  });
});
