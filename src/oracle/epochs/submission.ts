import type { BatchSubmission } from '../../chain/reputation';
import {
  vectorCommitment as commitmentOf,
  evaluateVector,
  VECTOR_LENGTH,
  vectorChallenge,
} from '../../protocol/scoring/batch';
import { loadPoseidon } from '../../zk/poseidon';
import { verifyScoreBatch } from '../../zk/score-batch';
import type { ProvenVector } from '../store/batches';

/** Places in the public vector (protocol section 8). */
const EPOCH = 0;
const BATCH = 1;
const OLD_COMMITMENT = 4;
const NEW_COMMITMENT = 5;
const PRESENCE = 21;
const SCORE_WORDS = 28;
const STATES = 32;

/** What goes on-chain for a proven vector: the parts of it that the contract does not set itself. */
export function submissionOf({ publicVector, vectorCommitment, proof }: ProvenVector): BatchSubmission {
  if (publicVector.length !== VECTOR_LENGTH) throw new RangeError(`${publicVector.length} public words`);
  const at = (index: number) => publicVector[index] as bigint;
  return {
    epoch: at(EPOCH),
    batch: Number(at(BATCH)),
    presence: Number(at(PRESENCE)),
    newCommitment: at(NEW_COMMITMENT),
    vectorCommitment,
    scoreWords: publicVector.slice(SCORE_WORDS, STATES),
    states: publicVector.slice(STATES),
    proofA: proof.a,
    proofB: proof.b,
    proofC: proof.c,
  };
}

/** The state commitment that the proof starts from. */
export function oldCommitmentOf({ publicVector }: ProvenVector): bigint {
  return publicVector[OLD_COMMITMENT] as bigint;
}

/** True when the proof verifies for C, z and y derived from these words, as the contract derives them. */
export async function verifies({ publicVector, vectorCommitment, proof }: ProvenVector): Promise<boolean> {
  const { hash: poseidon } = await loadPoseidon();
  if (commitmentOf(poseidon, publicVector) !== vectorCommitment) return false;
  const z = vectorChallenge(publicVector, vectorCommitment);
  return verifyScoreBatch([vectorCommitment, z, evaluateVector(publicVector, z)], proof);
}
