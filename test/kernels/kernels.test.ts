import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { referenceColumn } from '../../src/bench/fixtures/gemm-reference';
import { Kernels } from '../../src/kernels';
import { chacha8Bytes, nonceWords } from '../../src/protocol/chacha';
import { leafHash, merklePath, merkleRoot, nodeHash } from '../../src/protocol/merkle';

const wasm = new Kernels();
const bytesOf = (seed: number, length: number) => chacha8Bytes(new Uint8Array(32).fill(seed), 'test', seed, length);
const seeds = fc.nat({ max: 255 });
const A = 'A\0\0\0';

beforeEach(() => wasm.reset());

describe('keystream', () => {
  it('gives the keystream of the reference at any block and count', () => {
    fc.assert(
      fc.property(seeds, fc.nat({ max: 40 }), fc.integer({ min: 1, max: 20 }), seeds, (seed, first, blocks, t) => {
        wasm.reset();
        const key = bytesOf(seed, 32);
        const out = wasm.allocate(64 * blocks + 256);
        wasm.run.keystream(wasm.allocateBytes(key), nonceWords('row\0', t)[0], t, first, blocks, out);
        const expected = chacha8Bytes(key, 'row\0', t, 64 * (first + blocks)).subarray(64 * first);
        expect(Buffer.compare(wasm.bytes(out, 64 * blocks), expected)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('gives single words of several streams at once', () => {
    const key = bytesOf(3, 32);
    const ts = [0, 1, 1, 5, 900, 0, 2, 3];
    const indices = [0, 15, 16, 200, 1, 4095, 7, 64];
    const address = wasm.allocateBytes(key);
    const out = wasm.allocate(32);
    const tag = nonceWords('col\0', 0)[0];
    wasm.run.streamWords(address, tag, 8, wasm.allocateWords(ts), wasm.allocateWords(indices), out);
    const expected = ts.map((t, q) =>
      Buffer.from(chacha8Bytes(key, 'col\0', t, 4 * indices[q]! + 4)).readUInt32LE(4 * indices[q]!),
    );
    expect([...wasm.words(out, 8)]).toEqual(expected);
  });
});

describe('int8 product', () => {
  const tag = nonceWords(A, 0)[0];
  const signed = (bytes: Uint8Array) => new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);

  it.each([
    [64, 4],
    [128, 8],
    [256, 4],
  ])('carries columns through a transition exactly: n = %i, %i columns', (n, columns) => {
    const key = bytesOf(n, 32);
    const x = bytesOf(1, columns * n);
    // The extreme entries make the largest sums.
    x.fill(0x80, 0, n);
    x.fill(0x7f, n, 2 * n);
    const rowWords = Array.from({ length: n }, (_, i) => (i * 0x9e3779b1) >>> 0);
    const colWords = Array.from({ length: columns }, (_, j) => 0xffffffff - j);
    const packed = wasm.allocate(n * n);
    const wide = wasm.allocate(Math.max(8 * n, 2 * columns * n));
    wasm.run.packMatrix(wasm.allocateBytes(key), tag, n, wide, packed);
    const [from, to] = [wasm.allocateBytes(x), wasm.allocate(columns * n)];
    const [rows, cols] = [wasm.allocateWords(rowWords), wasm.allocateWords(colWords)];
    wasm.run.step(packed, n, columns, from, wide, rows, cols, to);
    const a = signed(chacha8Bytes(key, A, 0, n * n));
    for (let j = 0; j < columns; j++) {
      const expected = referenceColumn(a, n, signed(x.slice(j * n, (j + 1) * n)), rowWords, colWords[j]!);
      expect(signed(wasm.bytes(to + j * n, n).slice())).toEqual(expected);
    }
    wasm.run.step(packed, n, columns, from, wide, rows, cols, from);
    expect(Buffer.compare(wasm.bytes(from, columns * n), wasm.bytes(to, columns * n))).toBe(0);
  });

  it('gives the accumulators of single entries', () => {
    const n = 128;
    const key = bytesOf(9, 32);
    const x = bytesOf(2, n);
    const rows = [0, 127, 5, 5, 64];
    const column = wasm.allocateBytes(x);
    const xs = wasm.allocateWords(rows.map(() => column));
    const [out, scratch] = [wasm.allocate(4 * rows.length), wasm.allocate(256)];
    wasm.run.rowDots(wasm.allocateBytes(key), tag, n, rows.length, wasm.allocateWords(rows), xs, out, scratch);
    const a = signed(chacha8Bytes(key, A, 0, n * n));
    const expected = rows.map((i) => signed(x).reduce((sum, value, k) => sum + a[i * n + k]! * value, 0));
    expect([...wasm.words(out, rows.length)].map((word) => word | 0)).toEqual(expected);
  });
});

describe('SHA-256', () => {
  it('hashes leaves of any whole number of blocks, any number of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), seeds, (count, blocks, seed) => {
        wasm.reset();
        const length = 64 * blocks;
        const content = bytesOf(seed, count * length);
        const base = wasm.allocateBytes(content);
        const addresses = wasm.allocateWords(Array.from({ length: count }, (_, q) => base + q * length));
        const out = wasm.allocate(32 * count);
        wasm.run.hashLeaves(count, addresses, length, out);
        for (let q = 0; q < count; q++) {
          const expected = leafHash(content.subarray(q * length, (q + 1) * length));
          expect(Buffer.compare(wasm.bytes(out + 32 * q, 32), expected)).toBe(0);
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each([1, 2, 3, 4, 7, 64])('hashes a level of %i nodes, in place too', (nodes) => {
    const level = bytesOf(nodes, 64 * nodes);
    const address = wasm.allocateBytes(level);
    const expected = Buffer.concat(
      Array.from({ length: nodes }, (_, q) =>
        nodeHash(level.subarray(64 * q, 64 * q + 32), level.subarray(64 * q + 32, 64 * q + 64)),
      ),
    );
    const out = wasm.allocate(32 * nodes);
    wasm.run.hashLevel(address, nodes, out);
    expect(Buffer.compare(wasm.bytes(out, 32 * nodes), expected)).toBe(0);
    wasm.run.hashLevel(address, nodes, address);
    expect(Buffer.compare(wasm.bytes(address, 32 * nodes), expected)).toBe(0);
  });

  it.each([1, 3, 4, 6])('follows %i paths to the root', (count) => {
    const leaves = Array.from({ length: 16 }, (_, i) => createHash('sha512').update(`${i}`).digest());
    const indices = [0, 15, 6, 9, 9, 1].slice(0, count);
    const hashes = wasm.allocateBytes(Buffer.concat(indices.map((i) => leafHash(leaves[i]!))));
    const paths = indices.map((i) => wasm.allocateBytes(Buffer.concat(merklePath(leaves, i))));
    wasm.run.foldPaths(count, 4, hashes, wasm.allocateWords(indices), wasm.allocateWords(paths));
    for (let q = 0; q < count; q++) {
      expect(Buffer.compare(wasm.bytes(hashes + 32 * q, 32), merkleRoot(leaves))).toBe(0);
    }
  });
});

describe('memory', () => {
  it('grows its memory with what is allocated and starts anew after a reset', () => {
    const fresh = new Kernels();
    const first = fresh.allocate(1);
    expect(first % 64).toBe(0);
    expect(fresh.allocate(1)).toBe(first + 64);
    const large = fresh.allocate(3_000_000);
    fresh.bytes(large, 3_000_000).fill(7);
    fresh.reset();
    expect(fresh.allocate(1)).toBe(first);
  });
});
