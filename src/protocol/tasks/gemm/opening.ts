import { checkGemmParams, type GemmParams, gemmDepth } from './params';
import type { ColumnId } from './sampling';

/** A column as opened: its n bytes and the sibling hashes up to root_t. */
export interface OpenedColumn extends ColumnId {
  /** n bytes, two's complement entries from row 0. */
  column: Uint8Array;
  /** log2(w) hashes of 32 bytes, joined, from the leaf upwards. */
  path: Uint8Array;
}

/** What a node shows of a gemm task. */
export interface GemmOpening {
  /** root_1 ‖ … ‖ root_T, 32 bytes each. */
  roots: Uint8Array;
  columns: OpenedColumn[];
}

/**
 * Most bytes an opening can take: all T roots, and three columns for every sample, none shared. A frame that is
 * longer is refused before it is read.
 */
export function gemmOpeningBytes(params: GemmParams): number {
  checkGemmParams(params);
  return exactBytes(params, 3 * params.K);
}

/**
 * Bytes of an opening: the T roots, then for every needed column, in the order of `neededColumns`, its n bytes and its
 * path. Nothing else is written, as the coins fix which columns stand where.
 */
export function encodeGemmOpening(opening: GemmOpening, params: GemmParams): Uint8Array {
  const bytes = new Uint8Array(exactBytes(params, opening.columns.length));
  bytes.set(opening.roots, 0);
  let offset = opening.roots.length;
  for (const { column, path } of opening.columns) {
    bytes.set(column, offset);
    bytes.set(path, offset + column.length);
    offset += column.length + path.length;
  }
  return bytes;
}

/**
 * Views into an opening's bytes; null when the size is not exactly what the needed columns take.
 * @param needed columns the coins ask for, from `neededColumns`
 */
export function decodeGemmOpening(
  bytes: Uint8Array,
  params: GemmParams,
  needed: readonly ColumnId[],
): GemmOpening | null {
  if (!hasOpeningSize(bytes, params, needed)) return null;
  const columns = needed.map((id, k) => {
    const start = columnOffset(params, k);
    const end = start + params.n;
    return { ...id, column: bytes.subarray(start, end), path: bytes.subarray(end, columnOffset(params, k + 1)) };
  });
  return { roots: bytes.subarray(0, 32 * params.T), columns };
}

/** Where the k-th needed column starts in an opening's bytes; its path follows it. */
export function columnOffset(params: GemmParams, k: number): number {
  return exactBytes(params, k);
}

/** Whether an opening has exactly the size that its needed columns take. */
export function hasOpeningSize(bytes: Uint8Array, params: GemmParams, needed: readonly ColumnId[]): boolean {
  return bytes.length === exactBytes(params, needed.length);
}

function exactBytes(params: GemmParams, columns: number): number {
  return 32 * params.T + columns * (params.n + 32 * gemmDepth(params));
}
