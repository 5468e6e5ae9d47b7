import { parseProof } from '../../zk/groth16';
import { loadPoseidon } from '../../zk/poseidon';
import { assertTreeCircuit, verifyTreeProof } from '../../zk/tree';
import type { TaskVerifier } from './check';

/**
 * Verifies the Groth16 proof that the opening is.
 * @throws RangeError for a tree that the circuit is not for: the reporter asked what no node can prove
 */
export const verifyTree: TaskVerifier = async ({ taskSeed, commitment, coins, params, opening }) => {
  assertTreeCircuit(params);
  const numbers = { depth: params.n, leaves: params.K, bytes: opening.length };
  const proof = parseProof(Buffer.from(opening).toString('utf8'));
  if (!proof) return { code: 'PROOF_INVALID', reason: 'the opening is no Groth16 proof', numbers };
  await loadPoseidon();
  const valid = await verifyTreeProof({ root: commitment, taskSeed, coins, proof });
  return valid
    ? { code: 'OK', reason: `the proof attests ${params.K} leaves and their paths`, numbers }
    : { code: 'PROOF_INVALID', reason: 'the proof does not verify for this root, seed and coins', numbers };
};
