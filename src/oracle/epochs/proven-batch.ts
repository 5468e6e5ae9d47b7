import type { BatchSubmission } from '../../chain/reputation';
import { evaluateVector, vectorChallenge, vectorCommitment, wordOf, wordsOf } from '../../protocol/scoring/vector';
import { loadPoseidon } from '../../zk/poseidon';
import { type ScoreBatchProof, verifyScoreBatch } from '../../zk/score-batch';
import type { ProvenVector } from '../store/batches';

/** A batch whose proof verifies for exactly the words that go with it: only such a one is ever sent. */
export class ProvenBatch {
  private constructor(readonly submission: BatchSubmission) {}

  /** A fresh proof, which the prover has verified. */
  static fromProver(proven: ScoreBatchProof): ProvenBatch {
    return new ProvenBatch(submissionOf(proven));
  }

  /**
   * A proof that lay in Postgres: verified for C, z and y derived from its words, as the contract derives them.
   * @returns undefined when it does not verify
   */
  static async fromRow(stored: ProvenVector): Promise<ProvenBatch | undefined> {
    const { hash: poseidon } = await loadPoseidon();
    const { publicVector } = stored;
    const commitment = vectorCommitment(poseidon, publicVector);
    if (commitment !== stored.vectorCommitment) return undefined;
    const z = vectorChallenge(publicVector, commitment);
    const verifies = await verifyScoreBatch([commitment, z, evaluateVector(publicVector, z)], stored.proof);
    return verifies ? new ProvenBatch(submissionOf(stored)) : undefined;
  }
}

/** What goes on-chain for a proven vector: the parts of it that the contract does not set itself. */
export function submissionOf({ publicVector, vectorCommitment, proof }: ProvenVector): BatchSubmission {
  return {
    epoch: wordOf(publicVector, 'epoch'),
    batch: Number(wordOf(publicVector, 'batch')),
    presence: Number(wordOf(publicVector, 'presence')),
    newCommitment: wordOf(publicVector, 'newCommitment'),
    vectorCommitment,
    scoreWords: wordsOf(publicVector, 'scoreWords'),
    states: wordsOf(publicVector, 'states'),
    proofA: proof.a,
    proofB: proof.b,
    proofC: proof.c,
  };
}
