import type { TaskWorker, TreeProver } from '../backend';

/** Worker for `tree` tasks: the injected prover builds at once and proves when the coins are out. */
export function treeWorker(prover: TreeProver): TaskWorker {
  return {
    run: async (input) => {
      const tree = await prover.build(input);
      return { commitment: tree.commitment, open: (coins) => tree.prove(coins) };
    },
    close: () => prover.close(),
  };
}
