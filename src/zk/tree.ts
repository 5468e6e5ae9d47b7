import { setImmediate } from 'node:timers/promises';
import { FIELD_ORDER, type PoseidonHash } from '../protocol/field';
import {
  bytesToField,
  growTree,
  type PoseidonTree,
  rootToBytes,
  TREE_ARITY,
  TREE_DEPTH,
  TREE_SAMPLES,
  treeIndices,
  treePath,
} from '../protocol/tasks/tree';
import { verificationKey } from './artifacts';
import { type Groth16Proof, verifyGroth16 } from './groth16';
import { loadPoseidon } from './poseidon';
import { type ProvenCircuit, proveInChild } from './prover-process';

/** Levels below the root that the circuit hashes once for all paths. */
const SHARED_LEVELS = 2;

interface TreeSizes {
  /** Depth, arity and drawn leaves, as everywhere in the task `tree`. */
  n: number;
  w: number;
  K: number;
}

/**
 * The key in circuits/artifacts belongs to one depth, arity and number of leaves; of any other tree it says nothing.
 * @throws RangeError for another size, which only a reporter can have asked
 */
export function assertTreeCircuit({ n, w, K }: TreeSizes): void {
  if (n === TREE_DEPTH && w === TREE_ARITY && K === TREE_SAMPLES) return;
  throw new RangeError(`no circuit for a tree of depth ${n}, arity ${w}, ${K} samples`);
}

/** Input signals of circuits/tree.circom: what is claimed, the 16 nodes below the crown, a path for each drawn leaf. */
export function treeSignals(
  poseidon: PoseidonHash,
  { seed, coins, tree }: { seed: bigint; coins: bigint; tree: PoseidonTree },
) {
  const indices = treeIndices(poseidon, coins, TREE_DEPTH, TREE_SAMPLES);
  const pathLevels = TREE_DEPTH - SHARED_LEVELS;
  return {
    root: tree.root,
    seed,
    coins,
    top: [...tree.levels[pathLevels]!],
    children: indices.map((index) => treePath(tree, index).children.slice(0, pathLevels)),
  };
}

/** Builds the tree of a task (5,461 hashes, about half a second), letting others run meanwhile. */
export async function buildTaskTree(taskSeed: Uint8Array, signal?: AbortSignal): Promise<PoseidonTree> {
  const { hash } = await loadPoseidon();
  const growing = growTree(hash, bytesToField(taskSeed), TREE_DEPTH);
  for (;;) {
    const step = growing.next();
    if (step.done) return step.value;
    await setImmediate();
    signal?.throwIfAborted();
  }
}

/**
 * Proves the leaves that the coins draw, in a child process with a single thread.
 * @param taskSeed 32 bytes
 * @param coins 32 bytes
 * @throws ProverError when the tree is not the one of this seed.
 */
export async function proveTree(input: {
  taskSeed: Uint8Array;
  coins: Uint8Array;
  tree: PoseidonTree;
  signal?: AbortSignal;
}): Promise<ProvenCircuit> {
  const { hash } = await loadPoseidon();
  const { taskSeed, coins, tree } = input;
  const signals = treeSignals(hash, { seed: bytesToField(taskSeed), coins: bytesToField(coins), tree });
  return proveInChild('tree', signals, { singleThread: true, signal: input.signal });
}

/**
 * Verifies a tree proof.
 * @param root 32 bytes, the commitment
 * @returns false for a wrong proof and for a root that is no field element.
 */
export async function verifyTreeProof(input: {
  root: Uint8Array;
  taskSeed: Uint8Array;
  coins: Uint8Array;
  proof: Groth16Proof;
}): Promise<boolean> {
  const root = BigInt(`0x${Buffer.from(input.root).toString('hex')}`);
  if (input.root.length !== 32 || root >= FIELD_ORDER) return false;
  const publicSignals = [root, bytesToField(input.taskSeed), bytesToField(input.coins)];
  return verifyGroth16(verificationKey('tree'), publicSignals, input.proof);
}

interface TreeTask {
  taskSeed: Uint8Array;
  params: TreeSizes & { task: string };
  signal: AbortSignal;
}

/**
 * Does the `tree` tasks of a node: builds at once, proves after the coins, one proof at a time.
 * @throws RangeError for a tree of another size than the circuit's.
 */
export function createTreeProver() {
  let proving: Promise<unknown> = Promise.resolve();
  const closing = new AbortController();
  return {
    async build({ taskSeed, params, signal }: TreeTask) {
      assertTreeCircuit(params);
      const tree = await buildTaskTree(taskSeed, signal);
      const prove = async (coins: Uint8Array): Promise<Uint8Array> => {
        const { proof } = await proveTree({ taskSeed, coins, tree, signal: closing.signal });
        return Buffer.from(JSON.stringify(proof));
      };
      return {
        commitment: rootToBytes(tree.root),
        prove: (coins: Uint8Array): Promise<Uint8Array> => {
          const turn = proving.then(() => prove(coins));
          proving = turn.catch(() => undefined);
          return turn;
        },
      };
    },
    async close(): Promise<void> {
      closing.abort(new Error('the tree prover is closed'));
      await proving;
    },
  };
}
