import { readSettings } from '../../config/settings';
import { runNodeAgent } from '../../node/agent';
import type { Backend, TreeProver } from '../../node/backends/backend';
import { createCpuBackend } from '../../node/backends/cpu';
import { FatalError } from '../../runtime/errors';
import { stopSignal } from '../../runtime/stop-signal';
import { createTreeProver } from '../../zk/tree';
import { replaying, silent, slow } from './behaviours';
import { createSkippingBackend } from './skip';
import { createSkippingTreeProver } from './skip/tree';
import { provingInTurns } from './turns';

type InTurns = (prover: TreeProver) => TreeProver;
const honest = (inTurns: InTurns) => createCpuBackend({ threads: 1, treeProver: inTurns(createTreeProver()) });
const backends: Readonly<Record<string, (inTurns: InTurns) => Backend>> = {
  honest,
  slow: (inTurns) => slow(honest(inTurns)),
  skip: (inTurns) => createSkippingBackend(inTurns(createSkippingTreeProver())),
  replay: (inTurns) => replaying(honest(inTurns)),
  silent: (inTurns) => silent(honest(inTurns)),
};

/**
 * `dpin devnet-node <behaviour> <folder>`: the ordinary node agent over a backend that may be slow or cheat.
 * @param argv the behaviour, and the folder by which nodes that share the machine take turns at proving
 * @throws FatalError for a behaviour that there is not
 */
export async function run([behaviour = '', turnsFolder = '']: string[]): Promise<void> {
  const create = Object.hasOwn(backends, behaviour) ? backends[behaviour] : undefined;
  if (!create) {
    throw new FatalError(
      `There is no behaviour ${JSON.stringify(behaviour)}`,
      `Use ${Object.keys(backends).join(', ')}.`,
    );
  }
  const signal = stopSignal();
  const backend = create((prover) => provingInTurns(prover, turnsFolder));
  try {
    await runNodeAgent({ settings: readSettings('node', process.env), backend, signal });
  } finally {
    await backend.close();
  }
  process.exit(0);
}
