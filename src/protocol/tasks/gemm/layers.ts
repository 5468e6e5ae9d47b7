import type { Kernels } from '../../../kernels';
import { sized } from '../../bytes';
import { nonceWords } from '../../chacha';
import { ProtocolError } from '../../errors';
import { HAS_NATIVE_SHA256, sha256 } from '../../hash';
import { checkGemmParams, type GemmParams } from './params';

/** Nonce words of the four expansions of protocol section 3. */
export const TAG_A = nonceWords('A\0\0\0', 0)[0];
export const TAG_X0 = nonceWords('X0\0\0', 0)[0];
export const TAG_ROW = nonceWords('row\0', 0)[0];
export const TAG_COL = nonceWords('col\0', 0)[0];

/** Columns computed together: enough to reuse A from cache, few enough to stay in it. */
export const BLOCK_COLUMNS = 64;

/** A column shorter than this hashes faster four at a time in WASM than one at a time in OpenSSL. */
const NATIVE_HASH_BYTES = 2048;
/** ChaCha8 writes four blocks at a time; room for what the last call writes too much. */
const KEYSTREAM_SLACK = 256;

/** Where the hashing of columns finds things in the kernels' memory. */
export interface ColumnHashing {
  count: number;
  /** Address of the u32 addresses of the columns. */
  addresses: number;
  n: number;
  /** Room for n + 1 bytes. */
  scratch: number;
  /** Room for 32 bytes of each column's leaf hash. */
  out: number;
}

/** Leaf hashes of columns that lie in the kernels' memory. */
export function hashColumns(wasm: Kernels, { count, addresses, n, scratch, out }: ColumnHashing): void {
  if (!HAS_NATIVE_SHA256 || n < NATIVE_HASH_BYTES) {
    wasm.run.hashLeaves(count, addresses, n, out);
    return;
  }
  const memory = wasm.bytes(0, wasm.run.memory.buffer.byteLength);
  const message = memory.subarray(scratch, scratch + n + 1);
  const starts = wasm.words(addresses, count);
  message[0] = 0;
  for (let q = 0; q < count; q++) {
    memory.copyWithin(scratch + 1, starts[q]!, starts[q]! + n);
    memory.set(sha256(message), out + 32 * q);
  }
}

/** Writes column j of X_0 to an address in the kernels' memory that has 256 bytes of room behind the column. */
export function expandColumn(wasm: Kernels, key: number, n: number, j: number, out: number): void {
  wasm.run.keystream(key, TAG_X0, 0, (j * n) / 64, n / 64, out);
}

/** One layer of the columns being computed; its views are valid until the next layer. */
export interface Layer {
  /** 1..T */
  t: number;
  /** X_t's columns in the order asked for, n bytes each. */
  columns: Uint8Array;
  /** Leaf hashes of the columns, 32 bytes each. */
  hashes(): Uint8Array;
}

/**
 * The layers X_1 … X_T of one task: A expanded once, then columns carried from X_0 through all T transitions (protocol
 * section 3).
 * Takes over the kernels instance it is given, until another job resets it.
 */
export class GemmLayers {
  private readonly wasm: Kernels;
  private readonly params: GemmParams;
  private readonly key: number;
  private readonly packed: number;
  private readonly x: number;
  private readonly wide: number;
  private readonly rowWords: number;
  private readonly colWords: number;
  private readonly hashing: Omit<ColumnHashing, 'count'>;
  private readonly layerNumbers: number;
  private readonly columnNumbers: number;

  /**
   * @param taskSeed 32 bytes
   * @throws ProtocolError when the sizes break section 3
   */
  constructor(wasm: Kernels, taskSeed: Uint8Array, params: GemmParams) {
    checkGemmParams(params);
    const { n } = params;
    this.wasm = wasm;
    this.params = params;
    wasm.reset();
    this.key = wasm.allocateBytes(sized(taskSeed, 32, 'taskSeed'));
    this.packed = wasm.allocate(n * n);
    this.x = wasm.allocate(BLOCK_COLUMNS * n + KEYSTREAM_SLACK);
    this.wide = wasm.allocate(Math.max(2 * BLOCK_COLUMNS * n, 8 * n));
    this.rowWords = wasm.allocate(4 * n + KEYSTREAM_SLACK);
    this.colWords = wasm.allocate(4 * BLOCK_COLUMNS);
    this.layerNumbers = wasm.allocate(4 * BLOCK_COLUMNS);
    this.columnNumbers = wasm.allocate(4 * BLOCK_COLUMNS);
    this.hashing = {
      addresses: wasm.allocateWords(Array.from({ length: BLOCK_COLUMNS }, (_, q) => this.x + q * n)),
      n,
      scratch: wasm.allocate(n + 1),
      out: wasm.allocate(32 * BLOCK_COLUMNS),
    };
    wasm.run.packMatrix(this.key, TAG_A, n, this.wide, this.packed);
  }

  /**
   * Carries up to 64 columns through all layers, one by one, so that a caller can stop in between.
   * @param columns column numbers below w
   */
  *of(columns: readonly number[]): Generator<Layer, void, undefined> {
    const wasm = this.wasm;
    const { n, w, T } = this.params;
    if (columns.length > BLOCK_COLUMNS || columns.some((j) => !Number.isInteger(j) || j < 0 || j >= w)) {
      throw new ProtocolError(`cannot compute these ${columns.length} columns of ${w}`);
    }
    const computed = 4 * Math.ceil(columns.length / 4);
    wasm.words(this.columnNumbers, computed).fill(0).set(columns);
    for (const [q, j] of columns.entries()) expandColumn(wasm, this.key, n, j, this.x + q * n);
    for (let t = 0; t < T; t++) {
      wasm.run.keystream(this.key, TAG_ROW, t, 0, Math.ceil(n / 16), this.rowWords);
      wasm.words(this.layerNumbers, computed).fill(t);
      wasm.run.streamWords(this.key, TAG_COL, computed, this.layerNumbers, this.columnNumbers, this.colWords);
      wasm.run.step(this.packed, n, computed, this.x, this.wide, this.rowWords, this.colWords, this.x);
      yield {
        t: t + 1,
        columns: wasm.bytes(this.x, columns.length * n),
        hashes: () => {
          hashColumns(wasm, { count: columns.length, ...this.hashing });
          return wasm.bytes(this.hashing.out, 32 * columns.length);
        },
      };
    }
  }
}
