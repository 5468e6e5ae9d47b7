import { buildTree, bytesToField, TREE_DEPTH, TREE_SAMPLES, treeIndices } from '../../src/protocol/tasks/tree';
import { loadPoseidon } from '../../src/zk/poseidon';
import { treeSignals } from '../../src/zk/tree';
import { refusal } from './fixture';

const taskSeed = new Uint8Array(32).fill(0xfe);
const coins = new Uint8Array(32).fill(0x17);

async function signalsOf(change: { skip?: number } = {}) {
  const { hash } = await loadPoseidon();
  const seed = bytesToField(taskSeed);
  const tree = buildTree(hash, seed, TREE_DEPTH);
  const indices = treeIndices(hash, bytesToField(coins), TREE_DEPTH, TREE_SAMPLES);
  if (change.skip !== undefined) {
    // The node did not compute this leaf and put something cheaper there; the rest of its tree is consistent.
    const leaves = tree.levels[0]!;
    leaves[indices[change.skip]!] = 1n;
    for (let level = 0; level < TREE_DEPTH; level++) {
      tree.levels[level + 1] = tree.levels[level + 1]!.map((_, i) => hash(tree.levels[level]!.slice(4 * i, 4 * i + 4)));
    }
    tree.root = tree.levels[TREE_DEPTH]![0]!;
  }
  return structuredClone(treeSignals(hash, { seed, coins: bytesToField(coins), tree }));
}

beforeAll(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterAll(() => {
  jest.restoreAllMocks();
});

describe('circuit tree', () => {
  it('accepts an honest tree', async () => {
    expect(await refusal('tree', await signalsOf())).toBe('');
  });

  it('refuses a tree in which any drawn leaf was skipped', async () => {
    for (const skip of [0, TREE_SAMPLES - 1]) {
      expect(await refusal('tree', await signalsOf({ skip }))).toBe('TreePath < Tree');
    }
  });

  it('refuses another root, seed or coins', async () => {
    const signals = await signalsOf();
    expect(await refusal('tree', { ...signals, root: signals.root + 1n })).toBe('Tree');
    expect(await refusal('tree', { ...signals, seed: signals.seed + 1n })).toBe('TreePath < Tree');
    expect(await refusal('tree', { ...signals, coins: signals.coins + 1n })).toBe('TreePath < Tree');
  });

  it('refuses a hash that is not in the tree, at any level of a path and in the crown', async () => {
    const signals = await signalsOf();
    for (const level of signals.children[3]!.keys()) {
      for (const child of [0, 1, 2, 3]) {
        const children = structuredClone(signals.children);
        children[3]![level]![child]! += 1n;
        expect(await refusal('tree', { ...signals, children })).toBe('TreePath < Tree');
      }
    }
    for (const node of signals.top.keys()) {
      expect(await refusal('tree', { ...signals, top: signals.top.with(node, 1n) })).toMatch(/Tree$/);
    }
  });

  it('refuses another tree’s crown: the paths must end in this one', async () => {
    const signals = await signalsOf();
    const { hash } = await loadPoseidon();
    const other = buildTree(hash, 5n, TREE_DEPTH);
    const top = [...other.levels[TREE_DEPTH - 2]!];
    expect(await refusal('tree', { ...signals, root: other.root, top })).toBe('TreePath < Tree');
  });
});
