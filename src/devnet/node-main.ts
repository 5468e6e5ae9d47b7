import { FatalError } from '../config/errors';
import { readSettings } from '../config/settings';
import type { Backend } from '../node/backends/backend';
import { createCpuBackend } from '../node/backends/cpu';
import { runNodeAgent } from '../node/session/agent';
import { createTreeProver } from '../zk/tree';
import { replaying, silent, slow } from './behaviours';
import { createSkippingBackend } from './skipping-backend';
import { createSkippingTreeProver } from './skipping-tree';

const honest = () => createCpuBackend({ threads: 1, treeProver: createTreeProver() });
const backends: Readonly<Record<string, () => Backend>> = {
  honest,
  slow: () => slow(honest()),
  skip: () => createSkippingBackend(createSkippingTreeProver()),
  replay: () => replaying(honest()),
  silent: () => silent(honest()),
};

/**
 * `dpin devnet-node <behaviour>`: the ordinary node agent over a backend that is slow or cheats.
 * @throws FatalError for a behaviour that there is not
 */
export async function run([behaviour = '']: string[]): Promise<void> {
  const create = Object.hasOwn(backends, behaviour) ? backends[behaviour] : undefined;
  if (!create) {
    throw new FatalError(
      `There is no behaviour ${JSON.stringify(behaviour)}`,
      `Use ${Object.keys(backends).join(', ')}.`,
    );
  }
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  const backend = create();
  try {
    await runNodeAgent({ settings: readSettings('node', process.env), backend, signal: stopping.signal });
  } finally {
    await backend.close();
  }
  process.exit(0);
}
