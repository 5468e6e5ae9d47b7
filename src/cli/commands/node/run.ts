import { readSettings } from '../../../config/settings';
import { runNodeAgent } from '../../../node/agent';
import { createCpuBackend } from '../../../node/backends/cpu';
import { stopSignal } from '../../../runtime/stop-signal';
import { createTreeProver } from '../../../zk/tree';

/** `dpin node`: answers an oracle's challenges with the CPU until it is told to stop. */
export async function run(): Promise<void> {
  const settings = readSettings('node', process.env);
  const backend = createCpuBackend({ threads: settings.NODE_THREADS, treeProver: createTreeProver() });
  try {
    await runNodeAgent({ settings, backend, signal: stopSignal() });
  } finally {
    await backend.close();
  }
  // Worker threads of the proof system may linger; nothing is left to be saved.
  process.exit(0);
}
