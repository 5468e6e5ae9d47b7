import { textOf } from '../../protocol/bytes';
import type { Sample } from '../../protocol/messages';
import type { Facts } from '../../protocol/rounds/facts';
import type { TaskName, TaskParams } from '../../protocol/tasks';
import { verifyFirstSampleWhole, verifyGemmOpening } from '../../protocol/tasks/gemm';
import { parseProof } from '../../zk/groth16';
import { loadPoseidon } from '../../zk/poseidon';
import { assertTreeCircuit, verifyTreeProof } from '../../zk/tree';

/** A reveal, and what it is checked against; 32 bytes each. */
export interface RevealToCheck {
  taskSeed: Uint8Array;
  commitment: Uint8Array;
  coins: Uint8Array;
  params: TaskParams;
  opening: Uint8Array;
}

/** What a check finds. */
export interface Found extends Omit<NonNullable<Facts['check']>, 'code'> {
  code: 'OK' | 'WRONG_RESULT' | 'BAD_OPENING' | 'PROOF_INVALID';
  sample?: Sample;
}

/** Reasons of the backstop begin with this. */
export const BACKSTOP = 'backstop: ';

const CHECKS: Readonly<Record<TaskName, (reveal: RevealToCheck, isBackstop: boolean) => Promise<Found>>> = {
  gemm: async (reveal, isBackstop) => (isBackstop ? verifyFirstSampleWhole(reveal) : verifyGemmOpening(reveal)),
  tree: async ({ taskSeed, commitment, coins, params, opening }) => {
    assertTreeCircuit(params);
    const numbers = { depth: params.n, leaves: params.K, bytes: opening.length };
    const proof = parseProof(textOf(opening));
    if (!proof) return { code: 'PROOF_INVALID', reason: 'the opening is no Groth16 proof', numbers };
    await loadPoseidon();
    return (await verifyTreeProof({ root: commitment, taskSeed, coins, proof }))
      ? { code: 'OK', reason: `the proof attests ${params.K} leaves and their paths`, numbers }
      : { code: 'PROOF_INVALID', reason: 'the proof does not verify for this root, seed and coins', numbers };
  },
};

/**
 * Checks a reveal as anybody can (protocol sections 3 and 4).
 * @param isBackstop computes the first sample whole, as the reporter does at the end of an epoch
 * @throws RangeError for sizes that nothing can be checked of
 */
export function checkReveal(reveal: RevealToCheck, isBackstop: boolean): Promise<Found> {
  return CHECKS[reveal.params.task](reveal, isBackstop);
}
