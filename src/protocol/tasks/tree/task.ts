import type { ClassName } from '../../classes';
import { ProtocolError } from '../../errors';
import type { Task } from '../task';
import { TREE_ARITY, treePermutations } from './tree';

/** d and k that circuits/tree.circom is compiled for; other sizes cannot be proven. */
export const TREE_DEPTH = 6;
export const TREE_SAMPLES = 8;

/** Deepest tree that a node builds: 4^12 leaves. */
const MAX_DEPTH = 12;
/** A Groth16 proof as JSON is about 800 bytes. */
const MAX_PROOF_BYTES = 4_096;

interface TreeClass {
  /** Depth d of the 4-ary tree. */
  depth: number;
  /** k leaf indices that the coins draw. */
  samples: number;
  permutationsPerMs: bigint;
}

const CLASSES: Readonly<Record<ClassName, TreeClass>> = {
  development: { depth: TREE_DEPTH, samples: TREE_SAMPLES, permutationsPerMs: 2n },
  integrated: { depth: 10, samples: 16, permutationsPerMs: 1_000n },
  consumer: { depth: 11, samples: 16, permutationsPerMs: 10_000n },
  datacentre: { depth: 12, samples: 16, permutationsPerMs: 20_000n },
};

/** Task `tree` (protocol section 4): n is the depth d, w the arity, K the number k of drawn leaves, T and m are 0. */
export const tree: Task = {
  id: 2,
  share: 1,

  bounds: (hardware) => {
    const { T, ...others } = tree.sizes(hardware, null);
    return { ...others, minT: T, maxT: T };
  },
  sizes: ({ name }) => ({ n: CLASSES[name].depth, w: TREE_ARITY, T: 0, K: CLASSES[name].samples, m: 0 }),
  check: ({ n }) => {
    if (n < 1 || n > MAX_DEPTH) throw new ProtocolError(`a tree of depth ${n}`);
  },
  work: ({ n }) => treePermutations(n),
  referenceRate: ({ name }) => CLASSES[name].permutationsPerMs,
  referenceSource: () => 'chosen',
  missing: ({ name }) => {
    const { depth, samples } = CLASSES[name];
    if (depth === TREE_DEPTH && samples === TREE_SAMPLES) return null;
    return `no circuit proves a tree of depth ${depth} with ${samples} drawn leaves`;
  },
  expectedRate: (hardware) => tree.referenceRate(hardware),
  preparationMs: () => 0,
  maxOpeningBytes: () => MAX_PROOF_BYTES,
  hasBackstop: false,
  hasPublicOpening: true,

  workUnit: 'permutations',
  sizeWords: { n: 'depth d', w: 'arity', T: '0', K: 'k', m: '0' },
};
