import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { ReferenceRun } from '../../src/bench/fixtures/gemm-reference';
import { toHex, u32 } from '../../src/protocol/bytes';
import { sha256 } from '../../src/protocol/hash';
import { anchorLeaves, merklePath, merkleRoot } from '../../src/protocol/merkle';
import type { GemmVerdict } from '../../src/protocol/tasks/gemm/verify';

const root = join(__dirname, '..', '..');

/** Every module of src/protocol in one bundle for browsers, as the global `dpin`; any import of Node.js fails it. */
async function bundle(): Promise<string> {
  const folder = join(root, 'src', 'protocol');
  const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => `export * from './${file.replaceAll('\\', '/')}';`);
  const { outputFiles } = await build({
    stdin: { contents: [...modules, "export * from '../kernels';"].join('\n'), resolveDir: folder, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'dpin',
    target: 'es2023',
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

/** A realm of its own that has what browsers have and nothing of Node.js. */
let browser: object;

/** Runs code in the browser; only JSON goes in and comes out. */
function inBrowser<T>(code: string, input: unknown = null): T {
  const text = runInContext(
    `JSON.stringify(((input) => { ${code} })(${JSON.stringify(input)}) ?? null)`,
    browser,
  ) as string;
  return JSON.parse(text) as T;
}

beforeAll(async () => {
  browser = createContext({ TextEncoder, TextDecoder });
  runInContext('globalThis.self = globalThis;', browser);
  runInContext(await bundle(), browser);
  const wasm = readFileSync(join(root, 'lib', 'kernels', 'kernels.wasm'));
  inBrowser('dpin.loadKernels(dpin.fromHex(input));', toHex(wasm));
}, 60_000);

describe('src/protocol in a browser', () => {
  it('runs without anything of Node.js', () => {
    const found = inBrowser<unknown[]>(
      'return [typeof process, typeof Buffer, typeof require, typeof __dirname, dpin.HAS_NATIVE_SHA256];',
    );
    expect(found).toEqual(['undefined', 'undefined', 'undefined', 'undefined', false]);
  });

  it('computes the seeds of a known round', () => {
    const seeds = inBrowser<string[]>(`
      const bytes = (value) => new Uint8Array(32).fill(value);
      const oracle = '0x' + '1a'.repeat(20);
      const hash = '0x' + '3c'.repeat(32);
      const nonce = bytes(0x4d);
      const roundSeed = dpin.roundSeed({
        ...{ chainId: 31337n, oracle, round: 12n, openBlockNumber: 99n, openBlockHash: hash, nonce },
      });
      const sizes = { n: 4096, w: 65536, T: 300, K: 64, m: 2 };
      const reporter = '0x' + '2b'.repeat(20);
      return [
        roundSeed,
        dpin.taskSeed({ task: 'gemm', ...sizes, roundSeed, reporter, nodeId: 70000, device: 1 }),
        dpin.coins({ anchorBlockHash: hash, coinSecret: nonce, root: bytes(0x5e), nodeId: 3, device: 0 }),
        dpin.coinHash(nonce),
      ].map(dpin.toHex);
    `);
    expect(seeds).toEqual([
      '0x0ee6e1a3c3e807b32e170d90d35ece9bf9afd4d4dec20d74a2633252affadef6',
      '0xfc800ffca6fa11272c9ea57002e849cdfc450290097233d6764924324cf0e6f1',
      '0x2cd4f52e7c40cfbc5d92ce702a7ba406d1771c34fbe21156a173a10a17832bfe',
      '0x178930ecd57116a4191088ce03799a210f05f4a75bf387eecf901685c9b97c39',
    ]);
  });

  it('follows the path of a commitment to its anchor, and no other path', () => {
    const commitments = [0, 1, 2, 3, 4].map((nodeId) => ({
      ...{ nodeId, device: 0, commitment: sha256(u32(nodeId)), elapsedMs: 100 + nodeId },
    }));
    const leaves = anchorLeaves(commitments);
    const input = { root: toHex(merkleRoot(leaves)), path: merklePath(leaves, 3).map(toHex) };
    const found = inBrowser<boolean[]>(
      `
      const leafOf = (elapsedMs) =>
        dpin.anchorLeaf({ nodeId: 3, device: 0, commitment: dpin.sha256(dpin.u32(3)), elapsedMs });
      const path = input.path.map((element) => dpin.fromHex(element, 32));
      const isUnder = (leaf, steps) => dpin.isUnderRoot(dpin.fromHex(input.root, 32), leaf, 3, 5, steps);
      return [isUnder(leafOf(103), path), isUnder(leafOf(104), path), isUnder(leafOf(103), path.toReversed())];
    `,
      input,
    );
    expect(found).toEqual([true, false, false]);
  });

  it.each([
    ['short columns, hashed four at a time', { n: 64, w: 32, T: 3, K: 16, m: 2 }],
    ['columns long enough for native hashing, which a browser lacks', { n: 2048, w: 16, T: 2, K: 2, m: 1 }],
  ])('accepts an honest gemm opening and refuses it once tampered with: %s', (_, params) => {
    const run = new ReferenceRun(sha256(u32(1)), params);
    const coins = sha256(u32(2));
    const input = {
      ...{ params, taskSeed: toHex(run.taskSeed), commitment: toHex(run.commitment) },
      ...{ coins: toHex(coins), opening: toHex(run.open(coins)) },
    };
    const codes = inBrowser<GemmVerdict['code'][]>(
      `
      const { fromHex } = dpin;
      const [taskSeed, commitment, coins] = [input.taskSeed, input.commitment, input.coins].map((hex) => fromHex(hex));
      const verify = (change) => {
        const opening = dpin.fromHex(input.opening);
        change(opening);
        return dpin.verifyGemmOpening({ taskSeed, commitment, coins, params: input.params, opening }).code;
      };
      const otherTask = dpin.verifyGemmOpening({
        ...{ taskSeed: coins, commitment, coins, params: input.params, opening: dpin.fromHex(input.opening) },
      }).code;
      return [
        verify(() => undefined),
        verify((opening) => { opening[0] ^= 1; }),
        verify((opening) => { opening[32 * input.params.T + 5] ^= 1; }),
        otherTask,
      ];
    `,
      input,
    );
    expect(codes).toEqual(['OK', 'BAD_OPENING', 'BAD_OPENING', 'WRONG_RESULT']);
  });

  it('reads and writes frames and the parts of an opening', () => {
    const [frame, opening, refused] = inBrowser<[object, string, string]>(`
      const text = dpin.encodeFrame('READY', { nodeId: 7 });
      const parts = dpin.encodeOpening(12, 1, new Uint8Array(100000).fill(9)).map(dpin.decodeOpeningPart);
      const assembler = new dpin.OpeningAssembler(100000);
      const whole = parts.map((part) => assembler.add(part)).at(-1);
      let refused = '';
      try {
        dpin.decodeFrame(dpin.utf8('{"v":2,"type":"READY","nodeId":-1}'), ['READY']);
      } catch (error) {
        refused = error.kind;
      }
      return [dpin.decodeFrame(dpin.utf8(text), ['READY']), dpin.toHex(dpin.sha256(whole)), refused];
    `);
    expect(frame).toEqual({ v: 2, type: 'READY', nodeId: 7 });
    expect(opening).toBe(toHex(sha256(new Uint8Array(100_000).fill(9))));
    expect(refused).toBe('malformed');
  });
});
