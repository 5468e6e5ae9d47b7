import type { Backend, Run } from './backend';

/** Runs that can still be opened: those of the last two rounds (protocol section 2). */
const KEPT_RUNS = 2;

/**
 * A backend that forgets all but its last two runs, whose data may be large.
 * @returns a backend whose older runs, and after `close` all runs, refuse to open
 */
export function keepingRuns(backend: Backend): Backend {
  const kept = new Map<number, Run>();
  let runs = 0;
  return {
    name: backend.name,
    run: async (input) => {
      const finished = await backend.run(input);
      const id = runs++;
      kept.set(id, finished);
      kept.delete(id - KEPT_RUNS);
      return {
        commitment: finished.commitment,
        open: async (coins) => {
          const run = kept.get(id);
          if (!run) throw new Error('this run is no longer kept: two newer ones have been finished');
          return run.open(coins);
        },
      };
    },
    close: async () => {
      kept.clear();
      await backend.close();
    },
  };
}
