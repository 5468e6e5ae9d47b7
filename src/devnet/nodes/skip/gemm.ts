import { kernels } from '../../../kernels';
import type { Run, TaskInput, TaskWorker } from '../../../node/backends/backend';
import { abortJob, newProgress } from '../../../node/backends/cpu/gemm-job';
import { WorkerPool } from '../../../node/backends/cpu/worker-pool';
import { leafHash } from '../../../protocol/merkle';
import { encodeGemmOpening, gemmCommitment, gemmSamples, LayerTree, neededColumns } from '../../../protocol/tasks/gemm';

/** Share of the columns that are made up. */
const SKIPPED_SHARE = 0.1;

/**
 * A cheat that computes nine tenths of the columns and passes zeros off as the rest. It is consistent about it: the
 * commitment holds, every opening fits its roots, and only a sample that falls on a made-up column shows the lie.
 */
export function skippingGemm(): TaskWorker {
  const pool = new WorkerPool(1);
  return { run: (input) => runGemm(pool, input), close: () => pool.close() };
}

async function runGemm(pool: WorkerPool, { taskSeed, params, signal }: TaskInput): Promise<Run> {
  const { n, w, T } = params;
  const firstSkipped = w - Math.ceil(w * SKIPPED_SHARE);
  const shared = new SharedArrayBuffer(32 * w * T);
  const columns = Uint32Array.from({ length: firstSkipped }, (_, j) => j);
  const job = { taskSeed, params, columns, progress: newProgress(), leaves: shared };
  const onAbort = () => abortJob(job);
  signal.addEventListener('abort', onAbort, { once: true });
  await pool.run(job).finally(() => signal.removeEventListener('abort', onAbort));
  signal.throwIfAborted();

  const leaves = new Uint8Array(shared);
  const madeUp = leafHash(new Uint8Array(n));
  for (let t = 0; t < T; t++) {
    for (let j = firstSkipped; j < w; j++) leaves.set(madeUp, 32 * (t * w + j));
  }
  const trees = Array.from({ length: T }, (_, t) => {
    return new LayerTree(kernels(), leaves.slice(32 * w * t, 32 * w * (t + 1)));
  });
  const roots = Uint8Array.from(trees.flatMap((tree) => [...tree.root]));
  return {
    commitment: gemmCommitment(roots),
    open: async (coins) => {
      const ids = neededColumns(gemmSamples(coins, params), params);
      const bytes = new SharedArrayBuffer(n * ids.length);
      const wanted = Uint32Array.from(new Set(ids.map(({ j }) => j).filter((j) => j < firstSkipped)));
      await pool.run({ taskSeed, params, columns: wanted, progress: newProgress(), kept: { ids, bytes } });
      // Room for a made-up column was never written and is still zero.
      const values = new Uint8Array(bytes);
      const opened = ids.map(({ t, j }, k) => {
        return { t, j, column: values.subarray(k * n, (k + 1) * n), path: trees[t - 1]!.path(j) };
      });
      return encodeGemmOpening({ roots, columns: opened }, params);
    },
  };
}
