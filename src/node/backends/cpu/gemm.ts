import { kernels } from '../../../kernels';
import {
  encodeGemmOpening,
  type GemmParams,
  gemmCommitment,
  gemmSamples,
  LayerTree,
  neededColumns,
} from '../../../protocol/tasks/gemm';
import type { TaskInput, TaskWorker } from '../backend';
import { abortJob, type GemmJob, newProgress } from './gemm-job';
import { WorkerPool } from './worker-pool';

/** Worker for `gemm` tasks. @param threads that share one task; at least 1 */
export function gemmWorker(threads: number): TaskWorker {
  const pool = new WorkerPool(threads);
  return {
    run: async (input) => {
      const kept = await runGemm(pool, input);
      return { commitment: kept.commitment, open: (coins) => openGemm(pool, kept, coins) };
    },
    close: () => pool.close(),
  };
}

/**
 * What stays of a finished task: leaf hashes of every layer; columns are recomputed from X_0 when they are asked for.
 */
interface KeptLayers {
  taskSeed: Uint8Array;
  params: GemmParams;
  /** 32·w·T bytes: hash of (t, j) at 32·((t−1)·w + j). */
  leaves: Uint8Array;
  /** root_1 ‖ … ‖ root_T. */
  roots: Uint8Array;
  /** 32 bytes */
  commitment: Uint8Array;
}

/**
 * Computes all layers and commits to it (protocol section 3).
 * @throws the signal's reason within a layer's time of its abort
 */
async function runGemm(pool: WorkerPool, { taskSeed, params, signal }: TaskInput): Promise<KeptLayers> {
  const { w, T } = params;
  const leaves = new SharedArrayBuffer(32 * w * T);
  const columns = Uint32Array.from({ length: w }, (_, j) => j);
  await runJob(pool, { taskSeed, params, columns, progress: newProgress(), leaves }, signal);
  const hashes = new Uint8Array(leaves);
  const roots = new Uint8Array(32 * T);
  for (let t = 1; t <= T; t++) roots.set(layerTree(hashes, w, t).root, 32 * (t - 1));
  return { taskSeed, params, leaves: hashes, roots, commitment: gemmCommitment(roots) };
}

/**
 * The encoded opening that the coins ask for.
 * @param coins 32 bytes
 */
async function openGemm(pool: WorkerPool, kept: KeptLayers, coins: Uint8Array): Promise<Uint8Array> {
  const { taskSeed, params, leaves, roots } = kept;
  const { n, w } = params;
  const ids = neededColumns(gemmSamples(coins, params), params);
  const columns = Uint32Array.from(new Set(ids.map(({ j }) => j)));
  const bytes = new SharedArrayBuffer(n * ids.length);
  await runJob(pool, { taskSeed, params, columns, progress: newProgress(), kept: { ids, bytes } });
  const values = new Uint8Array(bytes);
  const trees = new Map<number, LayerTree>();
  const opened = ids.map(({ t, j }, k) => {
    const tree = trees.get(t) ?? layerTree(leaves, w, t);
    trees.set(t, tree);
    return { t, j, column: values.subarray(k * n, (k + 1) * n), path: tree.path(j) };
  });
  return encodeGemmOpening({ roots, columns: opened }, params);
}

async function runJob(pool: WorkerPool, job: GemmJob, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const onAbort = () => abortJob(job);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await pool.run(job);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
  signal?.throwIfAborted();
}

function layerTree(leaves: Uint8Array, w: number, t: number): LayerTree {
  return new LayerTree(kernels(), leaves.subarray(32 * w * (t - 1), 32 * w * t));
}
