import { setImmediate } from 'node:timers/promises';
import { Kernels, kernels } from '../../src/kernels';
import {
  BLOCK_COLUMNS,
  encodeGemmOpening,
  GemmLayers,
  type GemmParams,
  gemmCommitment,
  gemmSamples,
  LayerTree,
  neededColumns,
  sampledTransitions,
} from '../../src/protocol/tasks/gemm';

/** A task as a CHALLENGE asks it. */
export interface GemmTask {
  readonly taskSeed: Uint8Array;
  readonly params: GemmParams;
}

/** Some neighbouring columns of X_t, as a fault gets them. */
export interface Columns {
  /** 1..T */
  readonly t: number;
  /** Number of the first column. */
  readonly first: number;
  readonly n: number;
  /** n bytes of each, as they follow from X_{t-1}. A fault changes them in place; the next layers build on the change. */
  readonly bytes: Uint8Array;
  /** The same columns of X_{t-1} as they are committed to; null for t = 1. */
  readonly before: Uint8Array | null;
}
export type Fault = (columns: Columns) => void;

/**
 * A whole gemm run, right or with a fault, that is consistent about it: the commitment is over what was made, every
 * opening fits its roots, and only a sample that falls on a wrong entry shows the fault.
 */
export class GemmChain {
  readonly commitment: Uint8Array;
  private readonly roots: Uint8Array;

  /**
   * @param layers X_1 … X_T, n·w bytes each, column after column
   * @param right the same, each as it follows from the layer before it
   * @param trees over the columns of each layer
   */
  private constructor(
    private readonly params: GemmParams,
    private readonly layers: readonly Uint8Array[],
    private readonly right: readonly Uint8Array[],
    private readonly trees: readonly LayerTree[],
  ) {
    this.roots = Buffer.concat(trees.map(({ root }) => root));
    this.commitment = gemmCommitment(this.roots);
  }

  /** Computes all columns of all layers, some at a time so that sockets are served meanwhile. */
  static async of({ taskSeed, params }: GemmTask, fault: Fault = () => undefined): Promise<GemmChain> {
    const { n, w, T } = params;
    const room = (bytes: number) => Array.from({ length: T }, () => new Uint8Array(bytes));
    const [layers, right, leaves] = [room(n * w), room(n * w), room(32 * w)];
    const computed = new GemmLayers(new Kernels(), taskSeed, params);
    for (let first = 0; first < w; first += BLOCK_COLUMNS) {
      let before: Uint8Array | null = null;
      for (const layer of computed.of(Array.from({ length: BLOCK_COLUMNS }, (_, q) => first + q))) {
        const { t, columns: bytes } = layer;
        right[t - 1]!.set(bytes, first * n);
        fault({ t, first, n, bytes, before });
        layers[t - 1]!.set(bytes, first * n);
        leaves[t - 1]!.set(layer.hashes(), 32 * first);
        before = layers[t - 1]!.subarray(first * n, (first + BLOCK_COLUMNS) * n);
      }
      await setImmediate();
    }
    const trees = leaves.map((hashes) => new LayerTree(kernels(), hashes));
    return new GemmChain(params, layers, right, trees);
  }

  /** What OPEN carries. @param coins 32 bytes */
  open(coins: Uint8Array): Uint8Array {
    const { params, layers, trees, roots } = this;
    const { n } = params;
    const columns = neededColumns(gemmSamples(coins, params), params).map(({ t, j }) => {
      return { t, j, column: layers[t - 1]!.subarray(j * n, (j + 1) * n), path: trees[t - 1]!.path(j) };
    });
    return encodeGemmOpening({ roots, columns }, params);
  }

  /** The first entry that the coins draw and that is wrong: row i of column j in t → t+1; null when they draw none. */
  firstWrong(coins: Uint8Array): { t: number; j: number; i: number } | null {
    const { params, layers, right } = this;
    for (const sample of gemmSamples(coins, params)) {
      for (const { t, rows } of sampledTransitions(sample, params)) {
        const start = sample.j * params.n;
        const i = rows.find((row) => layers[t]![start + row] !== right[t]![start + row]);
        if (i !== undefined) return { t, j: sample.j, i };
      }
    }
    return null;
  }
}
