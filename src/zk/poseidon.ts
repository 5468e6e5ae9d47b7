import { buildPoseidon } from 'circomlibjs';
import { type PoseidonHash, poseidonN as poseidonNWith } from '../protocol/field';

/** Poseidon as circomlib and the circuits compute it. */
export interface Poseidon {
  /** Poseidon of 1 to 16 field elements. */
  hash: PoseidonHash;
  /** PoseidonN of protocol section 8. */
  poseidonN(tag: string, values: readonly bigint[]): bigint;
}

let loading: Promise<Poseidon> | undefined;

/** Loads the WASM Poseidon once per process. Costs about 50 µs per hash of 2 elements, 440 µs of 16. */
export function loadPoseidon(): Promise<Poseidon> {
  loading ??= buildPoseidon().then((poseidon) => {
    const hash: PoseidonHash = (inputs) => poseidon.F.toObject(poseidon(inputs));
    return { hash, poseidonN: (tag, values) => poseidonNWith(hash, tag, values) };
  });
  return loading;
}
