import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TREE_ARITY, TREE_DEPTH, TREE_SAMPLES } from '../protocol/tasks/tree';
import { PROJECT_ROOT } from '../runtime/project';
import { assertTreeCircuit } from './tree';

describe('the circuit of the tree', () => {
  it('has the depth and the number of leaves that circuits/tree.circom is compiled for', () => {
    const source = readFileSync(join(PROJECT_ROOT, 'circuits', 'tree.circom'), 'utf8');
    const [, depth, leaves] = /^component main .*= Tree\((\d+), (\d+), \d+\);$/m.exec(source)!;
    expect([Number(depth), Number(leaves)]).toEqual([TREE_DEPTH, TREE_SAMPLES]);
  });

  it('is for exactly one size', () => {
    const size = { n: TREE_DEPTH, w: TREE_ARITY, K: TREE_SAMPLES };
    expect(() => assertTreeCircuit(size)).not.toThrow();
    for (const other of [{ n: 10 }, { K: 16 }, { w: 2 }]) {
      expect(() => assertTreeCircuit({ ...size, ...other })).toThrow(RangeError);
    }
  });
});
