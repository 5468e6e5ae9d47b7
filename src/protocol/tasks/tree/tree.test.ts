import { keccak256, toBeHex } from 'ethers';
import { FIELD_ORDER, type PoseidonHash } from '../../field';
import { buildTree, bytesToField, rootToBytes, treeIndices, treePath, treePermutations } from './tree';

/** Any hash will do for the shape of the tree; Poseidon itself is tested with the circuits. */
const hash: PoseidonHash = (inputs) =>
  BigInt(keccak256(`0x${inputs.map((input) => toBeHex(input, 32).slice(2)).join('')}`)) % FIELD_ORDER;

describe('buildTree', () => {
  it('hashes 4^d leaves of the seed and their ancestors', () => {
    const tree = buildTree(hash, 7n, 2);
    expect(tree.levels.map((level) => level.length)).toEqual([16, 4, 1]);
    expect(tree.levels[0]![5]).toBe(hash([7n, 5n]));
    expect(tree.root).toBe(hash(tree.levels[1]!));
    expect(treePermutations(2)).toBe(21n);
  });

  it('gives paths that lead from any leaf to the root', () => {
    const tree = buildTree(hash, 7n, 3);
    for (const index of [0, 21, 63]) {
      let node = hash([7n, BigInt(index)]);
      treePath(tree, index).children.forEach((children, level) => {
        expect(children[Math.floor(index / 4 ** level) % 4]).toBe(node);
        node = hash(children);
      });
      expect(node).toBe(tree.root);
    }
  });
});

describe('treeIndices', () => {
  it('cuts floor(250 / 2d) indices from each hash, low bits first', () => {
    const first = hash([9n, 0n]);
    const second = hash([9n, 1n]);
    const indices = treeIndices(hash, 9n, 6, 22);
    expect(indices.slice(0, 2)).toEqual([Number(first & 0xfffn), Number((first >> 12n) & 0xfffn)]);
    expect(indices.slice(20)).toEqual([Number(second & 0xfffn), Number((second >> 12n) & 0xfffn)]);
  });
});

it('turns bytes into field elements and roots back into 32 bytes', () => {
  expect(bytesToField(new Uint8Array(32).fill(0xff))).toBe((2n ** 256n - 1n) % FIELD_ORDER);
  expect(bytesToField(rootToBytes(12345n))).toBe(12345n);
  expect(rootToBytes(1n)).toHaveLength(32);
});
