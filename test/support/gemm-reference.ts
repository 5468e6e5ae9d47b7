import { chacha8Bytes } from '../../src/protocol/chacha';
import { merklePath, merkleRoot } from '../../src/protocol/merkle';
import { gemmCommitment } from '../../src/protocol/tasks/gemm-commitment';
import { encodeGemmOpening } from '../../src/protocol/tasks/gemm-opening';
import type { GemmParams } from '../../src/protocol/tasks/gemm-params';
import { gemmSamples, neededColumns } from '../../src/protocol/tasks/gemm-sampling';

/**
 * The gemm task written down a second time straight from section 3 of the protocol, in plain loops: what the kernels,
 * the backend and the verifier are compared with, and what cheats are made from.
 */
export class ReferenceChain {
  readonly a: Int8Array;
  /** X_0 … X_T, column-major: column j of X_t at layers[t][j]. */
  readonly layers: Int8Array[][];

  /**
   * @param cheat replaces column j of X_t (1 ≤ t) as it is computed; later layers build on what it returns
   */
  constructor(
    readonly taskSeed: Uint8Array,
    readonly params: GemmParams,
    cheat: (t: number, j: number, honest: () => Int8Array) => Int8Array = (_t, _j, honest) => honest(),
  ) {
    const { n, w, T } = params;
    this.a = signed(chacha8Bytes(taskSeed, 'A\0\0\0', 0, n * n));
    const x0 = signed(chacha8Bytes(taskSeed, 'X0\0\0', 0, n * w));
    this.layers = [Array.from({ length: w }, (_, j) => x0.subarray(j * n, (j + 1) * n))];
    for (let t = 0; t < T; t++) {
      const rowWords = words(chacha8Bytes(taskSeed, 'row\0', t, 4 * n));
      const colWords = words(chacha8Bytes(taskSeed, 'col\0', t, 4 * w));
      const before = this.layers[t]!;
      this.layers.push(
        before.map((x, j) => cheat(t + 1, j, () => referenceColumn(this.a, n, x, rowWords, colWords[j]!))),
      );
    }
  }

  column(t: number, j: number): Uint8Array {
    const column = this.layers[t]![j]!;
    return new Uint8Array(column.buffer, column.byteOffset, column.length).slice();
  }

  get roots(): Uint8Array[] {
    return this.layers.slice(1).map((_, k) => merkleRoot(this.#leaves(k + 1)));
  }

  get commitment(): Uint8Array {
    return gemmCommitment(Buffer.concat(this.roots));
  }

  open(coins: Uint8Array): Uint8Array {
    const columns = neededColumns(gemmSamples(coins, this.params), this.params).map(({ t, j }) => ({
      t,
      j,
      column: this.column(t, j),
      path: Buffer.concat(merklePath(this.#leaves(t), j)),
    }));
    return encodeGemmOpening({ roots: Buffer.concat(this.roots), columns }, this.params);
  }

  #leaves(t: number): Uint8Array[] {
    return this.layers[t]!.map((_, j) => this.column(t, j));
  }
}

/** One column of the next layer: requant(A·x + row_t + col_t[j]). */
export function referenceColumn(a: Int8Array, n: number, x: Int8Array, rowWords: number[], colWord: number): Int8Array {
  return Int8Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[i * n + k]! * x[k]!;
    return murmurFinalizer(BigInt.asUintN(32, BigInt(sum) + BigInt(rowWords[i]!) + BigInt(colWord)));
  });
}

/** MurmurHash3's fmix32 in bigint; low byte. */
function murmurFinalizer(value: bigint): number {
  let x = value;
  x = BigInt.asUintN(32, (x ^ (x >> 16n)) * 0x85ebca6bn);
  x = BigInt.asUintN(32, (x ^ (x >> 13n)) * 0xc2b2ae35n);
  return Number((x ^ (x >> 16n)) & 0xffn);
}

function signed(bytes: Uint8Array): Int8Array {
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function words(bytes: Uint8Array): number[] {
  return Array.from({ length: bytes.length / 4 }, (_, i) => Buffer.from(bytes).readUInt32LE(4 * i));
}
