import * as snarkjs from 'snarkjs';
import { z } from 'zod';

const decimal = z.string().regex(/^\d{1,78}$/);

/** A Groth16 proof as snarkjs writes it: coordinates in decimal, projective with a last coordinate of 1. */
export const groth16ProofSchema = z.strictObject({
  pi_a: z.tuple([decimal, decimal, decimal]),
  pi_b: z.tuple([z.tuple([decimal, decimal]), z.tuple([decimal, decimal]), z.tuple([decimal, decimal])]),
  pi_c: z.tuple([decimal, decimal, decimal]),
  protocol: z.literal('groth16'),
  curve: z.literal('bn128'),
});
export type Groth16Proof = z.infer<typeof groth16ProofSchema>;

/** Upper bound of a proof's JSON text: 24 coordinates of 78 digits and their punctuation. */
export const MAX_PROOF_JSON_BYTES = 4096;

/** A proof in the order in which Solidity verifiers take it (the two halves of every G2 coordinate swapped). */
export interface SolidityProof {
  a: [bigint, bigint];
  b: [[bigint, bigint], [bigint, bigint]];
  c: [bigint, bigint];
}

/** A Groth16 verification key as snarkjs exports it. */
export interface VerificationKey {
  protocol: 'groth16';
  curve: 'bn128';
  nPublic: number;
  vk_gamma_2: string[][];
  vk_delta_2: string[][];
  [part: string]: unknown;
}

/**
 * Reads a proof that came from outside.
 * @returns undefined when the text is no proof; never throws.
 */
export function parseProof(text: string): Groth16Proof | undefined {
  if (text.length > MAX_PROOF_JSON_BYTES) return undefined;
  try {
    return groth16ProofSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Orders a proof for a Solidity verifier. */
export function solidityProof({ pi_a, pi_b, pi_c }: Groth16Proof): SolidityProof {
  const pair = (values: readonly string[], first: 0 | 1): [bigint, bigint] => [
    BigInt(values[first]!),
    BigInt(values[1 - first]!),
  ];
  return { a: pair(pi_a, 0), b: [pair(pi_b[0], 1), pair(pi_b[1], 1)], c: pair(pi_c, 0) };
}

/** Undoes `solidityProof`. */
export function proofFromSolidity({ a, b, c }: SolidityProof): Groth16Proof {
  const text = (values: readonly bigint[]) => values.map(String) as [string, string];
  return {
    pi_a: [...text(a), '1'],
    pi_b: [text([b[0][1], b[0][0]]), text([b[1][1], b[1][0]]), ['1', '0']],
    pi_c: [...text(c), '1'],
    protocol: 'groth16',
    curve: 'bn128',
  };
}

interface CurveCache {
  curve_bn128?: unknown;
}

/**
 * Gives this process a curve without worker threads. snarkjs's verifier takes the curve it finds in this global and
 * otherwise starts one thread per core, each with its own memory, which then keep the process alive.
 */
export async function loadCurve(): Promise<void> {
  const cache = globalThis as CurveCache;
  cache.curve_bn128 ??= await snarkjs.curves.getCurveFromName('bn128', { singleThread: true });
}

/**
 * Verifies a Groth16 proof (about 20 ms).
 * @returns false for a wrong proof and for one that is malformed (points off the curve make snarkjs throw).
 */
export async function verifyGroth16(
  key: VerificationKey,
  publicSignals: readonly bigint[],
  proof: Groth16Proof,
): Promise<boolean> {
  await loadCurve();
  try {
    return await snarkjs.groth16.verify(key, publicSignals.map(String), proof);
  } catch {
    return false;
  }
}
