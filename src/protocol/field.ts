import { keccak256, toUtf8Bytes } from 'ethers';

/** r, the order of the BN254 scalar field, in which the circuits compute. */
export const FIELD_ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** Poseidon over BN254 with circomlib's constants, 1 to 16 inputs below r. */
export type PoseidonHash = (inputs: readonly bigint[]) => bigint;

/** Elements that one block of `poseidonN` takes beside the chaining value. */
const BLOCK = 15;

/** First chaining value of `poseidonN`: Poseidon(keccak256(tag) mod r, count). */
export function poseidonNStart(poseidon: PoseidonHash, tag: string, count: number): bigint {
  return poseidon([BigInt(keccak256(toUtf8Bytes(tag))) % FIELD_ORDER, BigInt(count)]);
}

/**
 * PoseidonN of protocol section 8: a Poseidon of any number of elements, bound to a tag and to their count.
 * h_0 = Poseidon(keccak256(tag) mod r, count); h_{k+1} = Poseidon16(h_k, next 15 elements, zero-padded).
 * @throws RangeError when an element is not in 0..r-1.
 */
export function poseidonN(poseidon: PoseidonHash, tag: string, values: readonly bigint[]): bigint {
  for (const value of values) {
    if (value < 0n || value >= FIELD_ORDER) throw new RangeError(`${tag}: ${value} is not a field element`);
  }
  let hash = poseidonNStart(poseidon, tag, values.length);
  for (let start = 0; start < values.length; start += BLOCK) {
    const block = values.slice(start, start + BLOCK);
    while (block.length < BLOCK) block.push(0n);
    hash = poseidon([hash, ...block]);
  }
  return hash;
}

/** A 256-bit hash (0x and 64 hex digits) as two 128-bit limbs, high first. */
export function hashLimbs(hash: string): [high: bigint, low: bigint] {
  if (!/^0x[0-9a-fA-F]{64}$/.test(hash)) throw new RangeError(`${hash.slice(0, 80)} is not a 32-byte hash`);
  const value = BigInt(hash);
  return [value >> 128n, value & ((1n << 128n) - 1n)];
}
