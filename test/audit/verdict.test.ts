import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Difference } from '../../src/audit/verdict/difference';
import { fetchEvidence } from '../../src/audit/verdict/fetch';
import { verifyVerdict } from '../../src/audit/verdict/verify';
import { EVIDENCE_LIMITS } from '../../src/oracle/evidence/http/limits';
import { EvidenceServer } from '../../src/oracle/evidence/http/server';
import { EvidenceStore } from '../../src/oracle/evidence/store';
import { canonicalJson, type Json } from '../../src/protocol/canonical-json';
import { recordingLog } from '../oracle/evidence/log';
import { busy, commit, gemmWork, Recorder, treeWork } from './recorded';

const { log } = recordingLog();
const ABOUT = { reporter: '0x01', chainId: 31337, oracle: '0x02', challengeWindowSeconds: 7200 };
const program = join(__dirname, '..', '..', 'bin', 'dpin.js');

let folder: string;
let store: EvidenceStore;
let server: EvidenceServer;
let recorder: Recorder;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dpin-verdicts-'));
  store = await EvidenceStore.open({ folder, maxBytes: 1e9, challengeWindowMs: 7_200_000, log });
  recorder = new Recorder(store, log);
  server = new EvidenceServer({ folder, host: '127.0.0.1', port: 0, about: ABOUT, limits: EVIDENCE_LIMITS }, log);
  url = `http://127.0.0.1:${await server.listen()}`;
});
afterAll(async () => {
  await server.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What held of a transcript, as anybody sees it over HTTP. */
async function verified(digits: string): Promise<string[]> {
  const lines: string[] = [];
  await verifyVerdict(
    (hash, maxBytes) => fetchEvidence(url, hash, maxBytes),
    digits,
    (line) => lines.push(line),
  );
  return lines;
}

/** A transcript changed in one field, under the hash that it then has. */
async function changed(digits: string, path: string, value: Json | ((old: never) => Json)): Promise<string> {
  const document = JSON.parse(Buffer.from((await store.get(digits))!).toString('utf8'));
  const names = path.split('.');
  const last = names.pop()!;
  const parent = names.reduce((object, name) => object[name], document);
  parent[last] = typeof value === 'function' ? value(parent[last] as never) : value;
  return (await store.put(Buffer.from(canonicalJson(document)))).slice(2);
}

describe('a verdict made again from public files', () => {
  let honest: string;
  beforeAll(async () => {
    honest = await recorder.worked('gemm', (seed) => gemmWork(seed));
  });

  it('follows for honest gemm work', async () => {
    const lines = await verified(honest);
    expect(lines[0]).toBe('transcript of round 3, node 7, device 0: OK');
    expect(lines).toContainEqual(expect.stringMatching(/^checking the reveal gives OK: /));
    expect(lines).toContainEqual(expect.stringMatching(/^the facts give OK: /));
    expect(lines).toContain('the reporter signed the verdict');
  });

  it('follows for a wrong entry that was sampled', async () => {
    const cheat = await recorder.worked('gemm', (seed) =>
      gemmWork(seed, (t, _j, compute) => {
        const column = compute();
        return t === 2 ? column.map((entry) => entry ^ 1) : column;
      }),
    );
    expect((await verified(cheat))[0]).toMatch(/: WRONG_RESULT$/);
    await expect(verified(await changed(cheat, 'verdict.sample.i', (i: number) => i + 1))).rejects.toThrow(
      /^verdict\.sample is /,
    );
  });

  it('follows for what the backstop found', async () => {
    const work = (seed: Uint8Array) => gemmWork(seed, (_t, _j, compute) => compute().map((entry) => entry ^ 1));
    const wrong = await recorder.worked('gemm', work, (facts) => facts, 'backstop');
    const lines = await verified(wrong);
    expect(lines[0]).toMatch(/: WRONG_RESULT$/);
    expect(lines).toContainEqual(expect.stringMatching(/^checking the reveal gives WRONG_RESULT: backstop: /));
  });

  it('follows for a tree proof, and does not for the proof of another seed', async () => {
    const tree = await recorder.worked('tree', treeWork);
    expect(await verified(tree)).toContainEqual(expect.stringMatching(/^checking the reveal gives OK: the proof/));
    const stolen = await recorder.worked('tree', () => treeWork(new Uint8Array(32).fill(1)));
    expect((await verified(stolen))[0]).toMatch(/: PROOF_INVALID$/);
  });

  it('follows from the facts alone where there is no work', async () => {
    const absences = [{ fromMs: 100, toMs: 5_000, lostMs: 4_900 }];
    const ruling = { accepted: true, reason: 'it holds the shard' };
    const cases: [string, Promise<string>][] = [
      ['TIMEOUT', recorder.missed({})],
      ['UNREACHABLE', recorder.missed({ sentMs: null })],
      ['MALFORMED', recorder.missed({ brokenMs: 40 })],
      ['ORACLE_FAULT', recorder.missed({ absences })],
      ['ORACLE_FAULT', recorder.missed({ opened: false, sentMs: null, fault: 'the chain was away' })],
      [
        'LATE',
        recorder.missed({ commit: { receivedMs: 6_500, elapsedMs: 6_500 } }, (challenge) =>
          commit(challenge, new Uint8Array(32).fill(6), 6_500),
        ),
      ],
      ['BUSY', recorder.missed({ busy: { receivedMs: 40, ruling } }, (challenge) => busy(challenge, ruling))],
    ];
    for (const [code, recorded] of cases) {
      const lines = await verified(await recorded);
      expect(lines[0]).toBe(`transcript of round 3, node 7, device 0: ${code}`);
      expect(lines).toContain('the reporter signed the verdict');
    }
    // The class of these transcripts asks for no GPU.
    const software = verified(await recorder.missed({ softwareAdapter: true }));
    await expect(software).rejects.toThrow('facts.softwareAdapter in a class that asks for no GPU');
  });

  it('does not follow when the reporter says that right work is wrong, or wrong work right', async () => {
    const lie = (code: 'OK' | 'WRONG_RESULT') => (facts: Parameters<Recorder['missed']>[0]) =>
      ({ ...facts, check: { ...facts.check!, code } }) as never;
    const framed = await recorder.worked('gemm', (seed) => gemmWork(seed), lie('WRONG_RESULT'));
    await expect(verified(framed)).rejects.toThrow('facts.check.code is "WRONG_RESULT", it should be "OK"');
    const spared = await recorder.worked(
      'gemm',
      (seed) => gemmWork(seed, (_t, _j, compute) => compute().map(() => 0)),
      lie('OK'),
    );
    await expect(verified(spared)).rejects.toThrow('facts.check.code is "OK", it should be "WRONG_RESULT"');
  });

  const flipped = (text: string) => `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`;
  it.each<[string, Json | ((old: never) => Json), RegExp]>([
    ['challenge.taskSeed', flipped, /^challenge\.taskSeed is /],
    ['challenge.params.T', 3, /^challenge\.taskSeed is /],
    ['challenge.params.T', 4_000, /^challenge: T = 4000 is asked/],
    ['challenge.deadlineMs', 6_001, /^facts\.deadlineMs is /],
    ['challenge.referencePerMs', '1', /^challenge\.referencePerMs is /],
    ['opening.nonce', flipped, /^challenge\.(task|taskSeed) is /],
    ['nodeId', 8, /^challenge\.taskSeed is /],
    ['reporter', `0x${'0c'.repeat(20)}`, /^challenge\.taskSeed is /],
    ['registry', `0x${'0c'.repeat(20)}`, /^challenge\.signature is not/],
    ['workerKey', `0x${'0c'.repeat(20)}`, /^commit\.signature is not/],
    ['commit.commitment', flipped, /^commit\.signature is not/],
    ['commit.elapsedMs', 899, /^facts\.commit is /],
    ['anchor.root', flipped, /^anchor\.path does not lead/],
    ['anchor.coinSecret', flipped, /^opening\.coinHash is /],
    ['anchor.coins', flipped, /^anchor\.coins is /],
    ['anchor.index', null, /^facts\.anchored is /],
    ['open.bytes', 5, /^open\.bytes is /],
    ['open.sha256', flipped, /^the reveal [0-9a-f]{64} is not there/],
    ['facts.opened', false, /^facts: opened is false/],
    ['facts.sentMs', null, /^facts: sentMs is null/],
    ['facts.revealMs', 80_000_000, /^facts: revealMs is after/],
    ['facts.commit.receivedMs', 7_900, /^facts: commit\.receivedMs is after|^facts: commit\.elapsedMs is not/],
    [
      'facts.absences',
      [{ fromMs: 0, toMs: 900, lostMs: 1_000 }],
      /^verdict\.code is "OK", it should be "ORACLE_FAULT"/,
    ],
    ['facts.check.numbers.bytes', 5, /^facts\.check\.numbers is /],
    ['verdict.code', 'NO_OPENING', /^verdict\.code is /],
    ['verdict.perfBps', 1, /^verdict\.perfBps is /],
    ['verdict.opsPerMs', '1', /^verdict\.opsPerMs is /],
    ['verdict.numbers.elapsedMs', 1, /^verdict\.numbers is /],
    ['verdict.signature', `0x${'11'.repeat(65)}`, /^verdict\.signature is not/],
    ['transcript', 1, /^transcript: transcript: /],
    ['extra', 1, /^transcript: : .*extra/],
  ])('does not follow when %s is changed (%#)', async (path, value, difference) => {
    await expect(verified(await changed(honest, path, value))).rejects.toThrow(difference);
  });

  it('needs the very bytes, canonical and not too many', async () => {
    const document = Buffer.from((await store.get(honest))!).toString('utf8');
    const spaced = await store.put(Buffer.from(JSON.stringify(JSON.parse(document), null, 1)));
    await expect(verified(spaced.slice(2))).rejects.toThrow('the transcript is not canonical JSON');
    const deep = await store.put(Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)));
    await expect(verified(deep.slice(2))).rejects.toThrow(Difference);
    const large = await store.put(Buffer.alloc(300_000, 0x20));
    await expect(verified(large.slice(2))).rejects.toThrow(/has more than the 262144 bytes that it may have/);
    await expect(verified('0'.repeat(64))).rejects.toThrow('is not there');
    const other = async () => Buffer.from('other bytes');
    await expect(verifyVerdict(other, honest, () => undefined)).rejects.toThrow('have the hash');
  });

  it('is a command with exit code 0 when it follows and 1 when it does not', async () => {
    const byUrl = await dpin('--url', url, '--transcript', `0x${honest}`);
    expect(byUrl).toMatchObject({ code: 0, output: expect.stringMatching(/the verdict follows\n$/) });
    const byFolder = await dpin('--dir', folder, '--transcript', honest);
    expect(byFolder.code).toBe(0);
    const wrong = await dpin('--dir', folder, '--transcript', await changed(honest, 'verdict.perfBps', 1));
    expect(wrong).toMatchObject({ code: 1, output: expect.stringContaining('does not follow: verdict.perfBps is 1') });
    const missing = await dpin('--dir', folder, '--transcript', '0'.repeat(64));
    expect(missing).toMatchObject({
      code: 1,
      output: expect.stringContaining('Nothing can be verified: the transcript'),
    });
    expect((await dpin('--transcript', honest)).output).toContain('--url or --dir');
  });
});

function dpin(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [program, 'evidence', 'verify', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}
