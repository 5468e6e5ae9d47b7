import { type PoseidonHash, poseidonN } from '../field';
import { BATCH_SIZE } from './words';

const ALPHA_BITS = 26n;
const BETA_BITS = 30n;
const PERF_BITS = 31n;
const IDLE_BITS = 8n;
const NODE_BITS = ALPHA_BITS + BETA_BITS + PERF_BITS + IDLE_BITS;

/** Packed state words of a batch, two nodes each. */
export const STATE_WORDS = BATCH_SIZE / 2;
/** 1.0 in the 16.16 fixed point of alpha, beta and perf. */
export const ONE = 1n << 16n;
/** Largest value of the idle counter. */
export const MAX_IDLE = 255n;

/** A node's running evidence; alpha, beta and perf are 16.16 fixed point (protocol section 8). */
export interface NodeState {
  /** Decayed passes, 26 bits. */
  alpha: bigint;
  /** Decayed weighted fails, 30 bits. */
  beta: bigint;
  /** Moving average of the performance in basis points, 31 bits. */
  perf: bigint;
  /** Epochs since the last vote, 0..255. */
  idle: bigint;
}

/** The state of a node nobody has measured. */
export const ZERO_STATE: NodeState = Object.freeze({ alpha: 0n, beta: 0n, perf: 0n, idle: 0n });

function packNode(state: NodeState, index: number): bigint {
  const fields: [bigint, bigint][] = [
    [state.alpha, ALPHA_BITS],
    [state.beta, BETA_BITS],
    [state.perf, PERF_BITS],
    [state.idle, IDLE_BITS],
  ];
  let packed = 0n;
  let shift = 0n;
  for (const [value, bits] of fields) {
    if (value < 0n || value >> bits !== 0n) throw new RangeError(`node ${index}: ${value} does not fit ${bits} bits`);
    packed |= value << shift;
    shift += bits;
  }
  return packed;
}

function unpackNode(packed: bigint): NodeState {
  const take = (shift: bigint, bits: bigint) => (packed >> shift) & ((1n << bits) - 1n);
  return {
    alpha: take(0n, ALPHA_BITS),
    beta: take(ALPHA_BITS, BETA_BITS),
    perf: take(ALPHA_BITS + BETA_BITS, PERF_BITS),
    idle: take(ALPHA_BITS + BETA_BITS + PERF_BITS, IDLE_BITS),
  };
}

/**
 * Packs 60 states into 30 words: alpha lowest, then beta, perf, idle; the odd node 95 bits higher.
 * @throws RangeError for a wrong count or a value that does not fit its bits.
 */
export function packStates(states: readonly NodeState[]): bigint[] {
  if (states.length !== BATCH_SIZE) throw new RangeError(`${states.length} states, not ${BATCH_SIZE}`);
  return Array.from(
    { length: STATE_WORDS },
    (_, word) => packNode(states[2 * word]!, 2 * word) | (packNode(states[2 * word + 1]!, 2 * word + 1) << NODE_BITS),
  );
}

/**
 * Reads 30 packed state words (as carried by BatchProven).
 * @throws RangeError for a wrong count or bits beyond the second node.
 */
export function unpackStates(words: readonly bigint[]): NodeState[] {
  if (words.length !== STATE_WORDS) throw new RangeError(`${words.length} state words, not ${STATE_WORDS}`);
  return words.flatMap((word, index) => {
    if (word < 0n || word >> (2n * NODE_BITS) !== 0n)
      throw new RangeError(`state word ${index} has more than 190 bits`);
    return [unpackNode(word), unpackNode(word >> NODE_BITS)];
  });
}

/** Packed states of a batch that was never proven. */
export function zeroStates(): bigint[] {
  return new Array<bigint>(STATE_WORDS).fill(0n);
}

/** The commitment the contract stores: PoseidonN("dpin/state/1", 30 packed words). */
export function stateCommitment(poseidon: PoseidonHash, packedStates: readonly bigint[]): bigint {
  if (packedStates.length !== STATE_WORDS) throw new RangeError(`${packedStates.length} words, not ${STATE_WORDS}`);
  return poseidonN(poseidon, 'dpin/state/1', packedStates);
}
