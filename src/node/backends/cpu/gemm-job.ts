import type { Kernels } from '../../../kernels';
import { BLOCK_COLUMNS, type ColumnId, GemmLayers, type GemmParams } from '../../../protocol/tasks/gemm';

/** Slots of a job's shared progress words. */
const ABORTED = 0;
const NEXT_BLOCK = 1;

/**
 * Columns of one gemm task to compute, as the threads of a backend share it: each takes the next block of 64 columns
 * until none is left, and writes what is wanted where the others do not.
 */
export interface GemmJob {
  taskSeed: Uint8Array;
  params: GemmParams;
  /** Column numbers; block b is entries 64b.. of this list. */
  columns: Uint32Array;
  /** Two Int32: aborted, next block. */
  progress: SharedArrayBuffer;
  /** Room for the leaf hashes of every layer of all w columns: hash of (t, j) at 32·((t−1)·w + j). */
  leaves?: SharedArrayBuffer;
  /** Columns to keep, and room for n bytes of each in this order. */
  kept?: { ids: ColumnId[]; bytes: SharedArrayBuffer };
}

/** A job's shared progress words, at its start. */
export function newProgress(): SharedArrayBuffer {
  return new SharedArrayBuffer(8);
}

/** Makes every thread leave the job after the layer it is in. */
export function abortJob({ progress }: Pick<GemmJob, 'progress'>): void {
  Atomics.store(new Int32Array(progress), ABORTED, 1);
}

/** Works on a job until its blocks are taken or it is aborted. */
export function workOn(job: GemmJob, wasm: Kernels): void {
  const progress = new Int32Array(job.progress);
  const isAborted = () => Atomics.load(progress, ABORTED) !== 0;
  const blocks = Math.ceil(job.columns.length / BLOCK_COLUMNS);
  let layers: GemmLayers | undefined;
  while (!isAborted()) {
    const block = Atomics.add(progress, NEXT_BLOCK, 1);
    if (block >= blocks) return;
    layers ??= new GemmLayers(wasm, job.taskSeed, job.params);
    computeBlock(job, layers, block, isAborted);
  }
}

function computeBlock(job: GemmJob, layers: GemmLayers, block: number, isAborted: () => boolean): void {
  const { n, w } = job.params;
  const columns = Array.from(job.columns.subarray(block * BLOCK_COLUMNS, (block + 1) * BLOCK_COLUMNS));
  const leaves = job.leaves && new Uint8Array(job.leaves);
  const kept = job.kept && new Uint8Array(job.kept.bytes);
  const position = new Map(columns.map((j, q) => [j, q]));
  for (const layer of layers.of(columns)) {
    if (leaves) {
      const hashes = layer.hashes();
      for (const [q, j] of columns.entries()) {
        leaves.set(hashes.subarray(32 * q, 32 * q + 32), 32 * ((layer.t - 1) * w + j));
      }
    }
    if (kept) {
      for (const [k, { t, j }] of job.kept!.ids.entries()) {
        const q = t === layer.t ? position.get(j) : undefined;
        if (q !== undefined) kept.set(layer.columns.subarray(q * n, (q + 1) * n), k * n);
      }
    }
    if (isAborted()) return;
  }
}
