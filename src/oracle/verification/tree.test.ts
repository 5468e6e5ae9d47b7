import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskParams } from '../../protocol/tasks';
import { rootToBytes, TREE_ARITY, TREE_DEPTH, TREE_SAMPLES } from '../../protocol/tasks/tree';
import { PROJECT_ROOT } from '../../runtime/project';
import { proofFromSolidity, type SolidityProof } from '../../zk/groth16';
import type { LoadedCheck, Outcome } from './check';
import { verifyTree } from './tree';

const params: TaskParams = { task: 'tree', n: TREE_DEPTH, w: TREE_ARITY, T: 0, K: TREE_SAMPLES, m: 0 };
const honest = honestCheck();

/** A true proof of the circuit's tree, kept for the contracts' tests; test/circuits/proofs.test.ts makes it. */
function honestCheck(): LoadedCheck {
  const file = join(PROJECT_ROOT, 'contracts', 'test', 'vectors', 'tree-proof.json');
  const vector = JSON.parse(readFileSync(file, 'utf8')) as { proof: string[]; publicSignals: string[] };
  const [a0, a1, b0, b1, b2, b3, c0, c1] = vector.proof.map(BigInt) as bigint[] & { length: 8 };
  const proof = {
    a: [a0, a1],
    b: [
      [b0, b1],
      [b2, b3],
    ],
    c: [c0, c1],
  } as SolidityProof;
  return {
    kind: 'opening',
    taskSeed: new Uint8Array(32).fill(0xfe),
    coins: new Uint8Array(32).fill(0x17),
    commitment: rootToBytes(BigInt(vector.publicSignals[0]!)),
    params,
    opening: Buffer.from(JSON.stringify(proofFromSolidity(proof))),
  };
}

/** What a check finds, or the name of what it throws. */
async function found(check: LoadedCheck): Promise<Outcome['code'] | string> {
  try {
    return (await verifyTree(check)).code;
  } catch (error) {
    return (error as Error).name;
  }
}

describe('verification of a tree', () => {
  it("accepts a proof of the circuit's depth and number of leaves", async () => {
    expect(await found(honest)).toBe('OK');
  });

  it.each([
    ['depth 10 and 16 leaves', { n: 10, K: 16 }],
    ['another depth', { n: TREE_DEPTH + 1 }],
    ['more leaves', { K: 2 * TREE_SAMPLES }],
    ['fewer leaves', { K: TREE_SAMPLES - 1 }],
    ['another arity', { w: 2 }],
  ])('judges no proof when %s were asked', async (_, asked) => {
    const check = { ...honest, params: { ...params, ...asked } };
    expect(await found(check)).toBe('RangeError');
    expect(await found({ ...check, opening: Buffer.from('no proof') })).toBe('RangeError');
  });

  it('refuses what is no proof, and a proof for another root, seed or coins', async () => {
    const other = new Uint8Array(32).fill(0x01);
    const changes = [{ opening: Buffer.from('{}') }, { commitment: other }, { taskSeed: other }, { coins: other }];
    for (const change of changes) expect(await found({ ...honest, ...change })).toBe('PROOF_INVALID');
  });
});
