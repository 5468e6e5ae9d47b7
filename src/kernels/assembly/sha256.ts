// SHA-256 of four messages at once, one per 32-bit lane: Merkle leaves and nodes by the thousand.

const K = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
], 16);
const IV = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
], 16);
/** Eight chaining words and the sixteen words of the running block, four lanes each. */
const STATE = memory.data(128, 16);
const W = memory.data(256, 16);

// @ts-ignore: decorator
@inline function rotr(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shr_u(x, bits), i32x4.shl(x, 32 - bits));
}
// @ts-ignore: decorator
@inline function xor3(a: v128, b: v128, c: v128): v128 {
  return v128.xor(v128.xor(a, b), c);
}

function start(): void {
  for (let i: usize = 0; i < 8; i++) v128.store(STATE + (i << 4), v128.load32_splat(IV + (i << 2)));
}

/** Absorbs the block in W; W is used up. */
function compress(): void {
  let a = v128.load(STATE), b = v128.load(STATE, 16), c = v128.load(STATE, 32), d = v128.load(STATE, 48);
  let e = v128.load(STATE, 64), f = v128.load(STATE, 80), g = v128.load(STATE, 96), h = v128.load(STATE, 112);
  for (let i: usize = 0; i < 64; i++) {
    const slot = W + ((i & 15) << 4);
    let w = v128.load(slot);
    if (i >= 16) {
      const w15 = v128.load(W + (((i + 1) & 15) << 4));
      const w2 = v128.load(W + (((i + 14) & 15) << 4));
      const s0 = xor3(rotr(w15, 7), rotr(w15, 18), i32x4.shr_u(w15, 3));
      const s1 = xor3(rotr(w2, 17), rotr(w2, 19), i32x4.shr_u(w2, 10));
      w = i32x4.add(i32x4.add(w, s0), i32x4.add(v128.load(W + (((i + 9) & 15) << 4)), s1));
      v128.store(slot, w);
    }
    const t1 = i32x4.add(
      i32x4.add(i32x4.add(h, w), v128.load32_splat(K + (i << 2))),
      i32x4.add(xor3(rotr(e, 6), rotr(e, 11), rotr(e, 25)), v128.xor(g, v128.and(e, v128.xor(f, g)))),
    );
    const t2 = i32x4.add(
      xor3(rotr(a, 2), rotr(a, 13), rotr(a, 22)),
      v128.xor(v128.and(a, b), v128.and(c, v128.xor(a, b))),
    );
    h = g;
    g = f;
    f = e;
    e = i32x4.add(d, t1);
    d = c;
    c = b;
    b = a;
    a = i32x4.add(t1, t2);
  }
  v128.store(STATE, i32x4.add(a, v128.load(STATE)));
  v128.store(STATE, i32x4.add(b, v128.load(STATE, 16)), 16);
  v128.store(STATE, i32x4.add(c, v128.load(STATE, 32)), 32);
  v128.store(STATE, i32x4.add(d, v128.load(STATE, 48)), 48);
  v128.store(STATE, i32x4.add(e, v128.load(STATE, 64)), 64);
  v128.store(STATE, i32x4.add(f, v128.load(STATE, 80)), 80);
  v128.store(STATE, i32x4.add(g, v128.load(STATE, 96)), 96);
  v128.store(STATE, i32x4.add(h, v128.load(STATE, 112)), 112);
}

/** Stores one lane of the chaining value as 32 big-endian bytes. */
function finishLane(lane: usize, out: usize): void {
  for (let i: usize = 0; i < 8; i++) store<u32>(out + (i << 2), bswap<u32>(load<u32>(STATE + (i << 4) + (lane << 2))));
}

/** Words 0..7 (or 8..15) of a message that is `prefix ‖ 32 bytes ‖ …`, where `carry` holds the byte before. */
function loadShifted(lane: usize, firstWord: usize, carry: u32, from: usize): u32 {
  for (let i: usize = 0; i < 8; i++) {
    const word = bswap<u32>(load<u32>(from + (i << 2)));
    store<u32>(W + ((firstWord + i) << 4) + (lane << 2), (carry << 24) | (word >>> 8));
    carry = word & 0xff;
  }
  return carry;
}

/** Second block of a node's message: its last byte, the padding bit and the length of 65 bytes. */
function nodeTail(lane: usize, lastByte: u32): void {
  store<u32>(W + (lane << 2), (lastByte << 24) | 0x800000);
  for (let i: usize = 1; i < 15; i++) store<u32>(W + (i << 4) + (lane << 2), 0);
  store<u32>(W + (15 << 4) + (lane << 2), 520);
}

/** Byte of each lane's message that the next word begins with. */
const LAST_BYTES = memory.data(16, 16);
/** Addresses of the four pairs that `fourNodes` hashes. */
const LEFTS = memory.data(16, 16);
const RIGHTS = memory.data(16, 16);

/** SHA-256(0x01 ‖ left ‖ right) of four pairs, left in STATE. */
function fourNodes(): void {
  start();
  for (let lane: usize = 0; lane < 4; lane++) {
    const carry = loadShifted(lane, 0, 1, <usize>load<u32>(LEFTS + (lane << 2)));
    store<u32>(LAST_BYTES + (lane << 2), loadShifted(lane, 8, carry, <usize>load<u32>(RIGHTS + (lane << 2))));
  }
  compress();
  for (let lane: usize = 0; lane < 4; lane++) nodeTail(lane, load<u32>(LAST_BYTES + (lane << 2)));
  compress();
}

/**
 * Inner nodes of one level: out[q] = SHA-256(0x01 ‖ in[2q] ‖ in[2q+1]).
 * @param nodes how many nodes go out; `out` may be `level`
 */
export function hashLevel(level: usize, nodes: u32, out: usize): void {
  for (let q: u32 = 0; q < nodes; q += 4) {
    const lanes = min<u32>(4, nodes - q);
    for (let lane: u32 = 0; lane < 4; lane++) {
      const from = level + (<usize>(q + min<u32>(lane, lanes - 1)) << 6);
      store<u32>(LEFTS + (<usize>lane << 2), <u32>from);
      store<u32>(RIGHTS + (<usize>lane << 2), <u32>from + 32);
    }
    fourNodes();
    for (let lane: u32 = 0; lane < lanes; lane++) finishLane(lane, out + (<usize>(q + lane) << 5));
  }
}

/**
 * Follows Merkle paths upwards, in place.
 * @param hashes count leaf hashes of 32 bytes; afterwards the roots they lead to
 * @param indices u32 leaf indices
 * @param paths u32 addresses of the paths, `depth` hashes each
 */
export function foldPaths(count: u32, depth: u32, hashes: usize, indices: usize, paths: usize): void {
  for (let q: u32 = 0; q < count; q += 4) {
    const lanes = min<u32>(4, count - q);
    for (let level: u32 = 0; level < depth; level++) {
      for (let lane: u32 = 0; lane < 4; lane++) {
        const entry = <usize>(q + min<u32>(lane, lanes - 1));
        const own = <u32>(hashes + (entry << 5));
        const sibling = load<u32>(paths + (entry << 2)) + (level << 5);
        const isRight = (load<u32>(indices + (entry << 2)) >> level) & 1;
        store<u32>(LEFTS + (<usize>lane << 2), isRight ? sibling : own);
        store<u32>(RIGHTS + (<usize>lane << 2), isRight ? own : sibling);
      }
      fourNodes();
      for (let lane: u32 = 0; lane < lanes; lane++) finishLane(lane, hashes + (<usize>(q + lane) << 5));
    }
  }
}

/**
 * Leaf hashes SHA-256(0x00 ‖ column) of columns of equal length.
 * @param columns u32 addresses
 * @param bytes length of a column, a multiple of 64
 */
export function hashLeaves(count: u32, columns: usize, bytes: u32, out: usize): void {
  for (let q: u32 = 0; q < count; q += 4) {
    const lanes = min<u32>(4, count - q);
    start();
    v128.store(LAST_BYTES, i32x4.splat(0));
    for (let offset: usize = 0; offset < bytes; offset += 64) {
      for (let lane: u32 = 0; lane < 4; lane++) {
        const from = <usize>load<u32>(columns + (<usize>(q + min<u32>(lane, lanes - 1)) << 2)) + offset;
        const carry = loadShifted(lane, 0, load<u32>(LAST_BYTES + (<usize>lane << 2)), from);
        store<u32>(LAST_BYTES + (<usize>lane << 2), loadShifted(lane, 8, carry, from + 32));
      }
      compress();
    }
    for (let lane: usize = 0; lane < 4; lane++) {
      nodeTail(lane, load<u32>(LAST_BYTES + (lane << 2)));
      store<u32>(W + (15 << 4) + (lane << 2), (bytes + 1) << 3);
    }
    compress();
    for (let lane: u32 = 0; lane < lanes; lane++) finishLane(lane, out + (<usize>(q + lane) << 5));
  }
}
