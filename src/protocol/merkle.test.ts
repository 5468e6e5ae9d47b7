import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { ProtocolError } from './errors';
import {
  anchorLeaf,
  anchorLeaves,
  EMPTY_ROOT,
  isUnderRoot,
  leafHash,
  merklePath,
  merkleRoot,
  nodeHash,
  rootFromPath,
} from './merkle';

const leaves = (count: number) => Array.from({ length: count }, (_, i) => Uint8Array.of(i, i >> 8));
const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();

describe('Merkle trees', () => {
  it('has 32 zero bytes as the empty root and the leaf hash as the root of one leaf', () => {
    expect(Buffer.from(merkleRoot([]))).toEqual(Buffer.alloc(32));
    expect(merkleRoot([Uint8Array.of(9)])).toEqual(sha(Uint8Array.of(0, 9)));
    expect(merklePath([Uint8Array.of(9)], 0)).toEqual([]);
  });

  it('promotes an odd node unchanged, on every level', () => {
    const [a, b, c, d, e] = leaves(5).map(leafHash) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const ab = nodeHash(a, b);
    const cd = nodeHash(c, d);
    expect(merkleRoot(leaves(3))).toEqual(nodeHash(ab, c));
    expect(merkleRoot(leaves(5))).toEqual(nodeHash(nodeHash(ab, cd), e));
    expect(merklePath(leaves(5), 4)).toEqual([nodeHash(ab, cd)]);
    expect(merklePath(leaves(3), 2)).toEqual([ab]);
  });

  it('tells leaves from nodes', () => {
    const [a, b] = leaves(2).map(leafHash) as [Uint8Array, Uint8Array];
    expect(merkleRoot([Buffer.concat([a, b])])).not.toEqual(merkleRoot(leaves(2)));
  });

  it('leads every leaf of every size to the root, and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.nat(), (count, pick, flip) => {
        const data = leaves(count);
        const index = pick % count;
        const root = merkleRoot(data);
        const path = merklePath(data, index);
        expect(rootFromPath(data[index]!, index, count, path)).toEqual(root);
        expect(isUnderRoot(root, Uint8Array.of(255, 255, 255), index, count, path)).toBe(false);
        if (path.length > 0) {
          const bent = path.map((hash) => Uint8Array.from(hash));
          bent[flip % bent.length]![flip % 32]! ^= 1;
          expect(isUnderRoot(root, data[index]!, index, count, bent)).toBe(false);
          expect(isUnderRoot(root, data[index]!, index, count, path.slice(1))).toBe(false);
        }
        expect(isUnderRoot(root, data[index]!, index, count, [...path, EMPTY_ROOT])).toBe(false);
      }),
    );
  });

  it('calls a path that cannot be an error when our code made it, and false when others sent it', () => {
    expect(() => rootFromPath(Uint8Array.of(1), 3, 3, [])).toThrow(ProtocolError);
    expect(() => rootFromPath(Uint8Array.of(1), -1, 3, [])).toThrow(ProtocolError);
    expect(() => rootFromPath(Uint8Array.of(1), 0, 2, [new Uint8Array(31)])).toThrow(ProtocolError);
    expect(isUnderRoot(EMPTY_ROOT, Uint8Array.of(1), 0.5, 3, [])).toBe(false);
    expect(isUnderRoot(EMPTY_ROOT, Uint8Array.of(1), 0, 2, [new Uint8Array(33)])).toBe(false);
    expect(isUnderRoot(EMPTY_ROOT, Uint8Array.of(1), 0, 0, [])).toBe(false);
  });
});

describe('the anchor tree', () => {
  const entry = (nodeId: number, device: number) => ({
    nodeId,
    device,
    commitment: new Uint8Array(32).fill(0xab),
    elapsedMs: 0x01020304,
  });

  it('writes nodeId u32 ‖ device u8 ‖ commitment ‖ elapsedMs u32, big-endian', () => {
    expect(Buffer.from(anchorLeaf(entry(0x0a0b0c0d, 7))).toString('hex')).toBe(`0a0b0c0d07${'ab'.repeat(32)}01020304`);
  });

  it('sorts by node, then device, and refuses a pair that stands twice', () => {
    const sorted = anchorLeaves([entry(256, 0), entry(2, 1), entry(2, 0)]);
    expect(sorted).toEqual([entry(2, 0), entry(2, 1), entry(256, 0)].map(anchorLeaf));
    expect(() => anchorLeaves([entry(2, 1), entry(1, 0), entry(2, 1)])).toThrow(ProtocolError);
    expect(anchorLeaves([])).toEqual([]);
  });

  it('refuses values that do not fit their fields', () => {
    expect(() => anchorLeaf({ ...entry(1, 0), device: 256 })).toThrow(ProtocolError);
    expect(() => anchorLeaf({ ...entry(1, 0), elapsedMs: 2 ** 32 })).toThrow(ProtocolError);
    expect(() => anchorLeaf({ ...entry(1, 0), elapsedMs: 1.5 })).toThrow(ProtocolError);
    expect(() => anchorLeaf({ ...entry(1, 0), commitment: new Uint8Array(31) })).toThrow(ProtocolError);
  });
});
