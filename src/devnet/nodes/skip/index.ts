import { type Backend, backendOf, type TaskWorker, type TreeProver } from '../../../node/backends/backend';
import { treeWorker } from '../../../node/backends/cpu/tree';
import type { TaskName } from '../../../protocol/tasks';
import { skippingGemm } from './gemm';

/**
 * A node that skips a tenth of the work of every task.
 * @param treeProver does the `tree` tasks, cheating in its own way (`createSkippingTreeProver`)
 */
export function createSkippingBackend(treeProver: TreeProver): Backend {
  const skippers: Record<TaskName, TaskWorker> = { gemm: skippingGemm(), tree: treeWorker(treeProver) };
  return backendOf('cpu (skipping)', skippers);
}
