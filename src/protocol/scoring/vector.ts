import { concat, keccak256, toBeHex, toUtf8Bytes } from 'ethers';
import { FIELD_ORDER, hashLimbs, type PoseidonHash, poseidonN } from '../field';
import type { ScoreBatchInput, ScoreBatchResult, SignedReport } from './batch';
import { STATE_WORDS } from './state';
import { REPORTERS, SCORE_WORDS } from './words';

/** Parts of the public vector v and their words, in the order in which contract and circuit fold them (section 8). */
const WORDS = {
  epoch: 1,
  batch: 1,
  chainId: 1,
  oracle: 1,
  oldCommitment: 1,
  newCommitment: 1,
  methodology: 2,
  lambda: 1,
  eta: 1,
  failWeight: 1,
  priorWeight: 1,
  quorum: 1,
  maxIdle: 1,
  establishedAt: 1,
  keys: 2 * REPORTERS,
  presence: 1,
  evidence: 2 * REPORTERS,
  scoreWords: SCORE_WORDS,
  states: STATE_WORDS,
} as const;

export type VectorPart = keyof typeof WORDS;
const parts = Object.entries(WORDS) as [VectorPart, number][];

/** Elements of v. */
export const VECTOR_LENGTH = parts.reduce((sum, [, words]) => sum + words, 0);

/** Index of each part's first word in v. */
export const VECTOR_PLACES = Object.fromEntries(
  parts.map(([part], index) => [part, parts.slice(0, index).reduce((sum, [, words]) => sum + words, 0)]),
) as Record<VectorPart, number>;

/** The words of one part of v. @throws RangeError for a vector of another length */
export function wordsOf(vector: readonly bigint[], part: VectorPart): bigint[] {
  checkLength(vector);
  return vector.slice(VECTOR_PLACES[part], VECTOR_PLACES[part] + WORDS[part]);
}

/** The word of a part that has one. @throws RangeError for a vector of another length */
export function wordOf(vector: readonly bigint[], part: VectorPart): bigint {
  return wordsOf(vector, part)[0] as bigint;
}

/** Bit i: slot i has a report. */
export function presenceMask(reports: readonly (SignedReport | null)[]): bigint {
  return reports.reduce((mask, report, slot) => (report ? mask | (1n << BigInt(slot)) : mask), 0n);
}

/** The public words of a batch. @throws RangeError for a part of another length */
export function publicVector(
  input: ScoreBatchInput,
  result: Pick<ScoreBatchResult, 'newStates' | 'scoreWords'>,
  commitments: { old: bigint; new: bigint },
): bigint[] {
  const { parameters } = input;
  const content: Record<VectorPart, readonly bigint[]> = {
    epoch: [input.epoch],
    batch: [input.batch],
    chainId: [input.chainId],
    oracle: [BigInt(input.oracle)],
    oldCommitment: [commitments.old],
    newCommitment: [commitments.new],
    methodology: hashLimbs(input.methodologyHash),
    lambda: [parameters.lambda],
    eta: [parameters.eta],
    failWeight: [parameters.failWeight],
    priorWeight: [parameters.priorWeight],
    quorum: [parameters.quorum],
    maxIdle: [parameters.maxIdle],
    establishedAt: [parameters.establishedAt],
    keys: input.keys.flatMap((key) => key ?? [0n, 0n]),
    presence: [presenceMask(input.reports)],
    evidence: input.reports.flatMap((report) => (report ? hashLimbs(report.evidenceRoot) : [0n, 0n])),
    scoreWords: result.scoreWords,
    states: result.newStates,
  };
  return parts.flatMap(([part, words]) => {
    if (content[part].length !== words) throw new RangeError(`${part}: ${content[part].length} words, not ${words}`);
    return content[part];
  });
}

/** C, the commitment that fixes v before z is known: PoseidonN("dpin/vector/1", v). */
export function vectorCommitment(poseidon: PoseidonHash, vector: readonly bigint[]): bigint {
  checkLength(vector);
  return poseidonN(poseidon, 'dpin/vector/1', vector);
}

/** z = keccak256("dpin/z/1" ‖ v as 32-byte words ‖ C) mod r. */
export function vectorChallenge(vector: readonly bigint[], commitment: bigint): bigint {
  const words = [...vector, commitment].map((value) => toBeHex(value, 32));
  return BigInt(keccak256(concat([toUtf8Bytes('dpin/z/1'), ...words]))) % FIELD_ORDER;
}

/** y = Σ v_i · z^i mod r. */
export function evaluateVector(vector: readonly bigint[], z: bigint): bigint {
  return vector.reduceRight((sum, value) => (sum * z + value) % FIELD_ORDER, 0n);
}

function checkLength(vector: readonly bigint[]): void {
  if (vector.length !== VECTOR_LENGTH) throw new RangeError(`${vector.length} elements, not ${VECTOR_LENGTH}`);
}
