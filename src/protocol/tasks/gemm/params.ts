import { ProtocolError } from '../../errors';
import type { TaskSizes } from '../task';

/** Sizes of a gemm task (protocol section 3): A is n×n, X is n×w, T transitions, K samples of m rows per transition. */
export type GemmParams = TaskSizes;

/** Rows of A start on a ChaCha8 block, so n is at least one block; the other bounds keep every index within u32. */
const N_MIN = 64;
const N_MAX = 65_536;
const W_MIN = 16;
const W_MAX = 65_536;
export const T_MIN = 2;
export const T_MAX = 4096;

/**
 * Checks what section 3 asks of the sizes: n and w powers of two, T ≥ 2.
 * @throws ProtocolError naming the size that is wrong
 */
export function checkGemmParams({ n, w, T, K, m }: GemmParams): void {
  if (!isPowerOfTwo(n) || n < N_MIN || n > N_MAX) throw new ProtocolError(`n = ${n} is not a power of two in range`);
  if (!isPowerOfTwo(w) || w < W_MIN || w > W_MAX) throw new ProtocolError(`w = ${w} is not a power of two in range`);
  if (!Number.isInteger(T) || T < T_MIN || T > T_MAX) {
    throw new ProtocolError(`T = ${T} is not in ${T_MIN}..${T_MAX}`);
  }
  if (!Number.isInteger(K) || K < 1 || K > 1024) throw new ProtocolError(`K = ${K} is not in 1..1024`);
  if (!Number.isInteger(m) || m < 1 || m > 16) throw new ProtocolError(`m = ${m} is not in 1..16`);
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 && 2 ** Math.round(Math.log2(value)) === value;
}

/** Levels of the Merkle tree over the w columns: log2 w. */
export function gemmDepth({ w }: Pick<GemmParams, 'w'>): number {
  return Math.log2(w);
}
