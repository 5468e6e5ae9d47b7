import { ascii, sized } from './bytes';

/**
 * ChaCha with 8 rounds in the layout of RFC 8439 (constants, 8 key words, 32-bit block counter, 3 nonce words), in
 * plain TypeScript: the reference that the WASM kernels are tested against, and fast enough for sampling streams.
 * Nonce = 4-byte tag ‖ t u32le ‖ 0 u32 (protocol section 3).
 */
export const CHACHA_BLOCK_BYTES = 64;

const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;

/** The two u32le nonce words (tag, t); the third is 0. */
export function nonceWords(tag: string, t: number): [number, number] {
  const bytes = sized(ascii(tag), 4, `tag ${JSON.stringify(tag)}`);
  return [new DataView(bytes.buffer).getUint32(0, true), t >>> 0];
}

/** Eight u32le words of a 32-byte key. */
export function keyWords(key: Uint8Array): Uint32Array {
  sized(key, 32, 'key');
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  return Uint32Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i, true));
}

/**
 * One block: 16 output words, read as u32le.
 * @param nonce three words
 */
export function chacha8Block(key: Uint32Array, counter: number, nonce: readonly [number, number, number]): Uint32Array {
  const initial = Uint32Array.of(...CONSTANTS, ...key, counter, ...nonce);
  const x = initial.slice();
  for (let doubleRound = 0; doubleRound < 4; doubleRound++) {
    quarterRound(x, 0, 4, 8, 12);
    quarterRound(x, 1, 5, 9, 13);
    quarterRound(x, 2, 6, 10, 14);
    quarterRound(x, 3, 7, 11, 15);
    quarterRound(x, 0, 5, 10, 15);
    quarterRound(x, 1, 6, 11, 12);
    quarterRound(x, 2, 7, 8, 13);
    quarterRound(x, 3, 4, 9, 14);
  }
  return x.map((word, i) => word + initial[i]!);
}

function quarterRound(x: Uint32Array, a: number, b: number, c: number, d: number): void {
  x[a] = x[a]! + x[b]!;
  x[d] = rotateLeft(x[d]! ^ x[a]!, 16);
  x[c] = x[c]! + x[d]!;
  x[b] = rotateLeft(x[b]! ^ x[c]!, 12);
  x[a] = x[a]! + x[b]!;
  x[d] = rotateLeft(x[d]! ^ x[a]!, 8);
  x[c] = x[c]! + x[d]!;
  x[b] = rotateLeft(x[b]! ^ x[c]!, 7);
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Endless u32le words of the keystream (key, tag, t), from block 0. */
export function* chacha8Words(key: Uint8Array, tag: string, t: number): Generator<number, never, undefined> {
  const words = keyWords(key);
  const [nonce0, nonce1] = nonceWords(tag, t);
  for (let counter = 0; ; counter++) yield* chacha8Block(words, counter, [nonce0, nonce1, 0]);
}

/** The first `length` bytes of the keystream (key, tag, t). */
export function chacha8Bytes(key: Uint8Array, tag: string, t: number, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(length / CHACHA_BLOCK_BYTES) * CHACHA_BLOCK_BYTES);
  const view = new DataView(bytes.buffer);
  const words = chacha8Words(key, tag, t);
  for (let i = 0; i < bytes.length; i += 4) view.setUint32(i, words.next().value, true);
  return bytes.subarray(0, length);
}
