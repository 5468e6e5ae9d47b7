// ChaCha8 in the layout of RFC 8439: four blocks at once, one per 32-bit lane.

// @ts-ignore: decorator
@inline function rotl16(x: v128): v128 {
  return v128.shuffle<u8>(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}
// @ts-ignore: decorator
@inline function rotl12(x: v128): v128 {
  return v128.or(i32x4.shl(x, 12), i32x4.shr_u(x, 20));
}
// @ts-ignore: decorator
@inline function rotl8(x: v128): v128 {
  return v128.shuffle<u8>(x, x, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}
// @ts-ignore: decorator
@inline function rotl7(x: v128): v128 {
  return v128.or(i32x4.shl(x, 7), i32x4.shr_u(x, 25));
}

/** Adds the initial state to output words 4q..4q+3 and stores them to the four blocks. */
// @ts-ignore: decorator
@inline function storeWords(out: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
  const t1 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
  const t3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<i64>(t0, t1, 0, 2));
  v128.store(out, v128.shuffle<i64>(t0, t1, 1, 3), 64);
  v128.store(out, v128.shuffle<i64>(t2, t3, 0, 2), 128);
  v128.store(out, v128.shuffle<i64>(t2, t3, 1, 3), 192);
}

/**
 * Four blocks of 64 bytes.
 * @param key 8 u32le words
 * @param counter block counter of each lane
 * @param nonce0 first nonce word (the tag)
 * @param nonce1 second nonce word (t) of each lane; the third is 0
 */
export function fourBlocks(key: usize, counter: v128, nonce0: u32, nonce1: v128, out: usize): void {
  let a0 = i32x4.splat(0x61707865), a1 = i32x4.splat(0x3320646e), a2 = i32x4.splat(0x79622d32), a3 = i32x4.splat(0x6b206574);
  let b0 = v128.load32_splat(key), b1 = v128.load32_splat(key, 4), b2 = v128.load32_splat(key, 8), b3 = v128.load32_splat(key, 12);
  let c0 = v128.load32_splat(key, 16), c1 = v128.load32_splat(key, 20), c2 = v128.load32_splat(key, 24), c3 = v128.load32_splat(key, 28);
  let d0 = counter, d1 = i32x4.splat(nonce0), d2 = nonce1, d3 = i32x4.splat(0);
  for (let doubleRound = 0; doubleRound < 4; doubleRound++) {
    // columns
    a0 = i32x4.add(a0, b0); a1 = i32x4.add(a1, b1); a2 = i32x4.add(a2, b2); a3 = i32x4.add(a3, b3);
    d0 = rotl16(v128.xor(d0, a0)); d1 = rotl16(v128.xor(d1, a1)); d2 = rotl16(v128.xor(d2, a2)); d3 = rotl16(v128.xor(d3, a3));
    c0 = i32x4.add(c0, d0); c1 = i32x4.add(c1, d1); c2 = i32x4.add(c2, d2); c3 = i32x4.add(c3, d3);
    b0 = rotl12(v128.xor(b0, c0)); b1 = rotl12(v128.xor(b1, c1)); b2 = rotl12(v128.xor(b2, c2)); b3 = rotl12(v128.xor(b3, c3));
    a0 = i32x4.add(a0, b0); a1 = i32x4.add(a1, b1); a2 = i32x4.add(a2, b2); a3 = i32x4.add(a3, b3);
    d0 = rotl8(v128.xor(d0, a0)); d1 = rotl8(v128.xor(d1, a1)); d2 = rotl8(v128.xor(d2, a2)); d3 = rotl8(v128.xor(d3, a3));
    c0 = i32x4.add(c0, d0); c1 = i32x4.add(c1, d1); c2 = i32x4.add(c2, d2); c3 = i32x4.add(c3, d3);
    b0 = rotl7(v128.xor(b0, c0)); b1 = rotl7(v128.xor(b1, c1)); b2 = rotl7(v128.xor(b2, c2)); b3 = rotl7(v128.xor(b3, c3));
    // diagonals
    a0 = i32x4.add(a0, b1); a1 = i32x4.add(a1, b2); a2 = i32x4.add(a2, b3); a3 = i32x4.add(a3, b0);
    d3 = rotl16(v128.xor(d3, a0)); d0 = rotl16(v128.xor(d0, a1)); d1 = rotl16(v128.xor(d1, a2)); d2 = rotl16(v128.xor(d2, a3));
    c2 = i32x4.add(c2, d3); c3 = i32x4.add(c3, d0); c0 = i32x4.add(c0, d1); c1 = i32x4.add(c1, d2);
    b1 = rotl12(v128.xor(b1, c2)); b2 = rotl12(v128.xor(b2, c3)); b3 = rotl12(v128.xor(b3, c0)); b0 = rotl12(v128.xor(b0, c1));
    a0 = i32x4.add(a0, b1); a1 = i32x4.add(a1, b2); a2 = i32x4.add(a2, b3); a3 = i32x4.add(a3, b0);
    d3 = rotl8(v128.xor(d3, a0)); d0 = rotl8(v128.xor(d0, a1)); d1 = rotl8(v128.xor(d1, a2)); d2 = rotl8(v128.xor(d2, a3));
    c2 = i32x4.add(c2, d3); c3 = i32x4.add(c3, d0); c0 = i32x4.add(c0, d1); c1 = i32x4.add(c1, d2);
    b1 = rotl7(v128.xor(b1, c2)); b2 = rotl7(v128.xor(b2, c3)); b3 = rotl7(v128.xor(b3, c0)); b0 = rotl7(v128.xor(b0, c1));
  }
  storeWords(out, i32x4.add(a0, i32x4.splat(0x61707865)), i32x4.add(a1, i32x4.splat(0x3320646e)), i32x4.add(a2, i32x4.splat(0x79622d32)), i32x4.add(a3, i32x4.splat(0x6b206574)));
  storeWords(out + 16, i32x4.add(b0, v128.load32_splat(key)), i32x4.add(b1, v128.load32_splat(key, 4)), i32x4.add(b2, v128.load32_splat(key, 8)), i32x4.add(b3, v128.load32_splat(key, 12)));
  storeWords(out + 32, i32x4.add(c0, v128.load32_splat(key, 16)), i32x4.add(c1, v128.load32_splat(key, 20)), i32x4.add(c2, v128.load32_splat(key, 24)), i32x4.add(c3, v128.load32_splat(key, 28)));
  storeWords(out + 48, i32x4.add(d0, counter), i32x4.add(d1, i32x4.splat(nonce0)), i32x4.add(d2, nonce1), d3);
}

/**
 * Keystream blocks firstBlock.. of (key, tag, t).
 * @param blocks how many; `out` must have room for them rounded up to a multiple of four
 */
export function keystream(key: usize, tag: u32, t: u32, firstBlock: u32, blocks: u32, out: usize): void {
  const nonce1 = i32x4.splat(t);
  let counter = i32x4.add(i32x4.splat(firstBlock), i32x4(0, 1, 2, 3));
  for (let block: u32 = 0; block < blocks; block += 4) {
    fourBlocks(key, counter, tag, nonce1, out + (<usize>block << 6));
    counter = i32x4.add(counter, i32x4.splat(4));
  }
}

const WORD_BLOCKS = memory.data(256, 16);

/**
 * Single words of the streams (key, tag, t): out[q] = word indices[q] of stream ts[q].
 * @param count multiple of four
 */
export function streamWords(key: usize, tag: u32, count: u32, ts: usize, indices: usize, out: usize): void {
  for (let q: usize = 0; q < <usize>count << 2; q += 16) {
    const index = v128.load(indices + q);
    fourBlocks(key, i32x4.shr_u(index, 4), tag, v128.load(ts + q), WORD_BLOCKS);
    for (let lane: usize = 0; lane < 4; lane++) {
      const word = load<u32>(indices + q + (lane << 2)) & 15;
      store<u32>(out + q + (lane << 2), load<u32>(WORD_BLOCKS + (lane << 6) + (<usize>word << 2)));
    }
  }
}
