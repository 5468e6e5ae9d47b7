import type { Backend, Run, TaskInput, TreeProver } from '../backend';
import { openChain, runChain } from './gemm-run';
import { WorkerPool } from './worker-pool';

/** Runs that can still be opened: those of the last two rounds (protocol section 2). */
const KEPT_RUNS = 2;

type Opener = (coins: Uint8Array) => Promise<Uint8Array>;

export interface CpuBackendOptions {
  /** Worker threads that share a gemm chain; at least 1. */
  threads: number;
  /** Does the `tree` tasks. */
  treeProver: TreeProver;
}

/** Backend on the CPU: gemm chains in WASM SIMD on worker threads, trees by the injected prover. */
export function createCpuBackend({ threads, treeProver }: CpuBackendOptions): Backend {
  const pool = new WorkerPool(threads);
  const openers = new Map<number, Opener>();
  let runs = 0;

  const keep = (commitment: Uint8Array, opener: Opener): Run => {
    const run = runs++;
    openers.set(run, opener);
    openers.delete(run - KEPT_RUNS);
    return {
      commitment,
      open: async (coins) => {
        const kept = openers.get(run);
        if (!kept) throw new Error('this run is no longer kept: two newer ones have been finished');
        return kept(coins);
      },
    };
  };

  return {
    name: 'cpu',
    run: async (input: TaskInput): Promise<Run> => {
      if (input.params.task === 'tree') {
        const tree = await treeProver.build(input);
        return keep(tree.commitment, (coins) => tree.prove(coins));
      }
      const chain = await runChain(pool, input);
      return keep(chain.commitment, (coins) => openChain(pool, chain, coins));
    },
    close: async () => {
      openers.clear();
      await Promise.all([pool.close(), treeProver.close()]);
    },
  };
}
