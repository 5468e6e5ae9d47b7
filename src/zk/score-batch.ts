import type { ScoreBatchInput } from '../protocol/scoring/batch';
import { circuitFiles, verificationKey } from './artifacts';
import { loadCurve, proofFromSolidity, type SolidityProof, solidityProof, verifyGroth16 } from './groth16';
import { loadPoseidon } from './poseidon';
import { proveInChild } from './prover-process';
import { type BatchStatement, batchSignals, batchStatement } from './score-batch-signals';

/** A proven batch: all that `submitBatch` needs. */
export interface ScoreBatchProof {
  /** The 62 public words. */
  publicVector: bigint[];
  /** C, the commitment to them. */
  vectorCommitment: bigint;
  oldCommitment: bigint;
  newCommitment: bigint;
  /** 30 packed states. */
  newStates: bigint[];
  /** 4 words of 15 scores. */
  scoreWords: bigint[];
  /** [C, z, y], the order of the verifier. */
  publicSignals: [bigint, bigint, bigint];
  /** In Solidity's order. */
  proof: SolidityProof;
  proveSeconds: number;
  maxRssMb: number;
}

/** Works out a batch's public side without proving it. @throws RangeError as `applyBatch` does. */
export async function stateBatch(input: ScoreBatchInput): Promise<BatchStatement> {
  return batchStatement((await loadPoseidon()).hash, input);
}

/**
 * Loads what proving and verifying take: the expanded proving key, Poseidon, the curve. The first use of each otherwise
 * takes up to a second of the thread.
 * @throws FatalError for artifacts that are missing or changed
 */
export async function warmUp(): Promise<void> {
  await circuitFiles('score_batch');
  verificationKey('score_batch');
  await loadPoseidon();
  await loadCurve();
}

/**
 * Proves a batch with circuits/score_batch.circom in a child process (about 6 s on 2 idle cores) and verifies the
 * proof before returning it, so that no proof that does not verify ever reaches the chain.
 * @throws RangeError for inputs out of bounds, ProverError when proving fails (a wrong signature among the reasons)
 */
export async function proveScoreBatch(input: ScoreBatchInput, signal?: AbortSignal): Promise<ScoreBatchProof> {
  const statement = await stateBatch(input);
  const proven = await proveInChild('score_batch', batchSignals(input, statement), {
    singleThread: false,
    background: true,
    signal,
  });
  const proof = solidityProof(proven.proof);
  if (!(await verifyScoreBatch(statement.publicSignals, proof))) {
    throw new Error('the prover returned a proof that does not verify');
  }
  return {
    publicVector: statement.publicVector,
    vectorCommitment: statement.vectorCommitment,
    oldCommitment: statement.oldCommitment,
    newCommitment: statement.newCommitment,
    newStates: statement.result.newStates,
    scoreWords: statement.result.scoreWords,
    publicSignals: statement.publicSignals,
    proof,
    proveSeconds: proven.proveSeconds,
    maxRssMb: proven.maxRssMb,
  };
}

/**
 * Verifies a batch proof as the contract does. The caller derives C, z and y from the words it believes in
 * (`vectorCommitment`, `vectorChallenge`, `evaluateVector`).
 */
export function verifyScoreBatch(
  publicSignals: readonly [bigint, bigint, bigint],
  proof: SolidityProof,
): Promise<boolean> {
  return verifyGroth16(verificationKey('score_batch'), publicSignals, proofFromSolidity(proof));
}
