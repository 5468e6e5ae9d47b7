// int8 matrix chain: X' = requant(A · X), exact in int32.
import { keystream } from './chacha';

/** Packs A for `step`: for each tile of eight rows and each pair of columns k, k+1 sixteen bytes, two per row. */
function packTile(rows: usize, n: u32, packed: usize): void {
  for (let k: usize = 0; k < n; k += 2) {
    for (let row: usize = 0; row < 8; row++) {
      store<u16>(packed + (k << 3) + (row << 1), load<u16>(rows + row * n + k));
    }
  }
}

/**
 * Expands A (keystream of tag `A`, byte i·n+k is A[i][k]) and packs it.
 * @param n power of two, at least 64
 * @param rows scratch of 8n bytes
 * @param packed n² bytes
 */
export function packMatrix(key: usize, tag: u32, n: u32, rows: usize, packed: usize): void {
  const blocksPerRow = n >> 6;
  for (let row: u32 = 0; row < n; row += 8) {
    keystream(key, tag, 0, row * blocksPerRow, blocksPerRow << 3, rows);
    packTile(rows, n, packed + <usize>row * n);
  }
}

/** MurmurHash3's finalizer on four lanes, low byte kept. */
// @ts-ignore: decorator
@inline function requantLanes(x: v128): v128 {
  x = v128.xor(x, i32x4.shr_u(x, 16));
  x = i32x4.mul(x, i32x4.splat(0x85ebca6b));
  x = v128.xor(x, i32x4.shr_u(x, 13));
  x = i32x4.mul(x, i32x4.splat(0xc2b2ae35));
  x = v128.xor(x, i32x4.shr_u(x, 16));
  return v128.and(x, i32x4.splat(0xff));
}

/** Requantizes eight rows of one column and stores their bytes. */
// @ts-ignore: decorator
@inline function finish(low: v128, high: v128, rowsLow: v128, rowsHigh: v128, colWord: v128, out: usize): void {
  const narrow = i16x8.narrow_i32x4_u(
    requantLanes(i32x4.add(low, i32x4.add(rowsLow, colWord))),
    requantLanes(i32x4.add(high, i32x4.add(rowsHigh, colWord))),
  );
  v128.store_lane<u64>(out, i8x16.narrow_i16x8_u(narrow, narrow), 0);
}

/**
 * One transition of some columns.
 * @param packed A as `packMatrix` left it
 * @param columns how many, a multiple of four
 * @param x columns·n bytes, column after column
 * @param wide scratch of 2·columns·n bytes
 * @param rowWords row_t, n words
 * @param colWords col_t of these columns
 * @param y columns·n bytes; may be x
 */
export function step(packed: usize, n: u32, columns: u32, x: usize, wide: usize, rowWords: usize, colWords: usize, y: usize): void {
  const bytes = <usize>columns * n;
  for (let i: usize = 0; i < bytes; i += 8) v128.store(wide + (i << 1), v128.load8x8_s(x + i));
  for (let row: usize = 0; row < n; row += 8) {
    const tile = packed + row * n;
    const rowsLow = v128.load(rowWords + (row << 2));
    const rowsHigh = v128.load(rowWords + (row << 2), 16);
    for (let column: usize = 0; column < columns; column += 4) {
      const x0 = wide + ((column * n) << 1);
      const x1 = x0 + (<usize>n << 1);
      const x2 = x1 + (<usize>n << 1);
      const x3 = x2 + (<usize>n << 1);
      let l0 = i32x4.splat(0), l1 = i32x4.splat(0), l2 = i32x4.splat(0), l3 = i32x4.splat(0);
      let h0 = i32x4.splat(0), h1 = i32x4.splat(0), h2 = i32x4.splat(0), h3 = i32x4.splat(0);
      for (let k: usize = 0; k < n; k += 2) {
        const low = v128.load8x8_s(tile + (k << 3));
        const high = v128.load8x8_s(tile + (k << 3), 8);
        let v = v128.load32_splat(x0 + (k << 1));
        l0 = i32x4.add(l0, i32x4.dot_i16x8_s(low, v));
        h0 = i32x4.add(h0, i32x4.dot_i16x8_s(high, v));
        v = v128.load32_splat(x1 + (k << 1));
        l1 = i32x4.add(l1, i32x4.dot_i16x8_s(low, v));
        h1 = i32x4.add(h1, i32x4.dot_i16x8_s(high, v));
        v = v128.load32_splat(x2 + (k << 1));
        l2 = i32x4.add(l2, i32x4.dot_i16x8_s(low, v));
        h2 = i32x4.add(h2, i32x4.dot_i16x8_s(high, v));
        v = v128.load32_splat(x3 + (k << 1));
        l3 = i32x4.add(l3, i32x4.dot_i16x8_s(low, v));
        h3 = i32x4.add(h3, i32x4.dot_i16x8_s(high, v));
      }
      const out = y + column * n + row;
      finish(l0, h0, rowsLow, rowsHigh, v128.load32_splat(colWords + (column << 2)), out);
      finish(l1, h1, rowsLow, rowsHigh, v128.load32_splat(colWords + (column << 2), 4), out + n);
      finish(l2, h2, rowsLow, rowsHigh, v128.load32_splat(colWords + (column << 2), 8), out + 2 * n);
      finish(l3, h3, rowsLow, rowsHigh, v128.load32_splat(colWords + (column << 2), 12), out + 3 * n);
    }
  }
}

/**
 * Accumulators of single entries: out[q] = row rows[q] of A times the column at xs[q]; A's rows are expanded here.
 * @param rows u32 row numbers
 * @param xs u32 addresses of int8 columns
 * @param row scratch of max(n, 256) bytes
 */
export function rowDots(key: usize, tag: u32, n: u32, count: u32, rows: usize, xs: usize, out: usize, row: usize): void {
  const blocksPerRow = n >> 6;
  for (let q: usize = 0; q < count; q++) {
    keystream(key, tag, 0, load<u32>(rows + (q << 2)) * blocksPerRow, blocksPerRow, row);
    const x = <usize>load<u32>(xs + (q << 2));
    let s0 = i32x4.splat(0), s1 = i32x4.splat(0);
    for (let k: usize = 0; k < n; k += 16) {
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load8x8_s(row + k), v128.load8x8_s(x + k)));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load8x8_s(row + k, 8), v128.load8x8_s(x + k, 8)));
    }
    const sum = i32x4.add(s0, s1);
    store<i32>(out + (q << 2), i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3));
  }
}
