import type { TaskName } from '../../../protocol/tasks';
import { type Backend, backendOf, type TaskWorker, type TreeProver } from '../backend';
import { gemmWorker } from './gemm';
import { treeWorker } from './tree';

export interface CpuBackendOptions {
  /** Worker threads that share a gemm task; at least 1. */
  threads: number;
  /** Does the `tree` tasks. */
  treeProver: TreeProver;
}

/** Backend on the CPU: gemm in WASM SIMD on worker threads, trees by the injected prover. */
export function createCpuBackend({ threads, treeProver }: CpuBackendOptions): Backend {
  const workers: Record<TaskName, TaskWorker> = { gemm: gemmWorker(threads), tree: treeWorker(treeProver) };
  return backendOf('cpu', workers);
}
