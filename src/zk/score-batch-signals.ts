import { hashLimbs, type PoseidonHash } from '../protocol/field';
import { applyBatch, type ScoreBatchInput, type ScoreBatchResult } from '../protocol/scoring/batch';
import { stateCommitment } from '../protocol/scoring/state';
import { evaluateVector, publicVector, vectorChallenge, vectorCommitment } from '../protocol/scoring/vector';
import { MEASUREMENT_WORDS } from '../protocol/scoring/words';

/** Input signals of a circuit, by name. */
export type Signals = Record<string, bigint | bigint[] | bigint[][] | bigint[][][]>;

/** The circuit's public inputs and what they stand for. */
export interface BatchStatement {
  result: ScoreBatchResult;
  /** v, 62 words. */
  publicVector: bigint[];
  /** C. */
  vectorCommitment: bigint;
  oldCommitment: bigint;
  newCommitment: bigint;
  /** [C, z, y], the verifier's order. */
  publicSignals: [bigint, bigint, bigint];
}

/** Baby Jubjub's identity: a point on the curve, as R8 of an absent slot. */
const ABSENT_R8 = [0n, 1n];

/** Works out everything public about a batch. @throws RangeError as `applyBatch` does. */
export function batchStatement(poseidon: PoseidonHash, input: ScoreBatchInput): BatchStatement {
  const result = applyBatch(input);
  const oldCommitment = stateCommitment(poseidon, input.oldStates);
  const newCommitment = stateCommitment(poseidon, result.newStates);
  const vector = publicVector(input, result, { old: oldCommitment, new: newCommitment });
  const commitment = vectorCommitment(poseidon, vector);
  const z = vectorChallenge(vector, commitment);
  return {
    result,
    publicVector: vector,
    vectorCommitment: commitment,
    oldCommitment,
    newCommitment,
    publicSignals: [commitment, z, evaluateVector(vector, z)],
  };
}

/** Input signals of circuits/score_batch.circom for a statement. */
export function batchSignals(input: ScoreBatchInput, statement: Pick<BatchStatement, 'publicSignals'>): Signals {
  const [C, z, y] = statement.publicSignals;
  return {
    C,
    z,
    y,
    epoch: input.epoch,
    batch: input.batch,
    chainId: input.chainId,
    oracle: BigInt(input.oracle),
    methodology: hashLimbs(input.methodologyHash),
    ...input.parameters,
    keys: input.keys.map((key) => [...(key ?? [0n, 0n])]),
    present: input.reports.map((report) => (report ? 1n : 0n)),
    evidence: input.reports.map((report) => (report ? hashLimbs(report.evidenceRoot) : [0n, 0n])),
    words: input.reports.map((report) =>
      report ? [...report.measurementWords] : new Array<bigint>(MEASUREMENT_WORDS).fill(0n),
    ),
    R8: input.reports.map((report) => (report ? [...report.signature.R8] : ABSENT_R8)),
    S: input.reports.map((report) => report?.signature.S ?? 0n),
    oldStates: [...input.oldStates],
  };
}
