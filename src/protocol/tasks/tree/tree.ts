import { u256, uintFromBytes } from '../../bytes';
import { FIELD_ORDER, type PoseidonHash } from '../../field';

/** Children of an inner node. */
export const TREE_ARITY = 4;
/** Bits of a hash from which indices are cut; the rest of the 254 is too biased to use. */
const INDEX_BITS = 250;

/** A Poseidon tree: `levels[0]` are the 4^d leaves, the last level is the root alone. */
export interface PoseidonTree {
  levels: bigint[][];
  root: bigint;
}

/** One opened leaf: its index and, per level from the leaves up, the four children among which its hash stands. */
export interface TreePath {
  index: number;
  children: [bigint, bigint, bigint, bigint][];
}

/** A 32-byte seed or coins value as the field element the circuit sees. */
export function bytesToField(bytes: Uint8Array): bigint {
  return uintFromBytes(bytes) % FIELD_ORDER;
}

/** A root as the 32 bytes a node commits to, big-endian. */
export function rootToBytes(root: bigint): Uint8Array {
  return u256(root);
}

/** Poseidon permutations that a tree of depth d takes: 4^d leaves and the inner nodes above them. */
export function treePermutations(depth: number): bigint {
  const leaves = BigInt(TREE_ARITY) ** BigInt(depth);
  return leaves + (leaves - 1n) / 3n;
}

/** Hashes between two pauses of `growTree`: a few milliseconds. */
const HASHES_PER_STEP = 64;

/**
 * Builds the tree of protocol section 4: leaves Poseidon(seed, i), inner nodes Poseidon of 4 children. Pauses every few
 * milliseconds, so that the caller can let others run or give up; returns the tree.
 * @param seed taskSeed mod r
 * @param depth d, 1..12
 */
export function* growTree(poseidon: PoseidonHash, seed: bigint, depth: number): Generator<void, PoseidonTree> {
  let hashes = 0;
  const levels: bigint[][] = [];
  for (let level = 0; level <= depth; level++) {
    const below = levels[level - 1];
    const nodes: bigint[] = [];
    for (let index = 0; index < TREE_ARITY ** (depth - level); index++) {
      const inputs = below ? below.slice(TREE_ARITY * index, TREE_ARITY * (index + 1)) : [seed, BigInt(index)];
      nodes.push(poseidon(inputs));
      if (++hashes % HASHES_PER_STEP === 0) yield;
    }
    levels.push(nodes);
  }
  return { levels, root: levels[depth]![0]! };
}

/** `growTree` without pauses. */
export function buildTree(poseidon: PoseidonHash, seed: bigint, depth: number): PoseidonTree {
  const growing = growTree(poseidon, seed, depth);
  for (;;) {
    const step = growing.next();
    if (step.done) return step.value;
  }
}

/**
 * The k leaf indices that the coins draw: hash s = 0, 1, … of Poseidon(coins, s) gives ⌊250/(2d)⌋ indices, cut from
 * its low bits upwards, 2d bits each. Duplicates stay.
 * @param coins coins mod r
 */
export function treeIndices(poseidon: PoseidonHash, coins: bigint, depth: number, count: number): number[] {
  const bits = BigInt(2 * depth);
  const perHash = Math.floor(INDEX_BITS / (2 * depth));
  const indices: number[] = [];
  for (let s = 0n; indices.length < count; s++) {
    const hash = poseidon([coins, s]);
    for (let j = 0; j < perHash && indices.length < count; j++) {
      indices.push(Number((hash >> (BigInt(j) * bits)) & ((1n << bits) - 1n)));
    }
  }
  return indices;
}

/** The path of one leaf. */
export function treePath(tree: PoseidonTree, index: number): TreePath {
  const children = tree.levels.slice(0, -1).map((level, height) => {
    const first = Math.floor(index / TREE_ARITY ** (height + 1)) * TREE_ARITY;
    return level.slice(first, first + TREE_ARITY) as TreePath['children'][number];
  });
  return { index, children };
}
