import type { Backend, TreeProver } from '../../node/backends/backend';
import type { Behaviour } from '../network';

/** Makes a prover wait for its turn: the nodes of a devnet share one machine. */
type InTurns = (prover: TreeProver) => TreeProver;

export interface DevnetBehaviour {
  /** What the smoke run demands of the score: a full one, one below every full one, or none at all. */
  readonly expectedScore: 'full' | 'lower' | 'none';
  /** Does the work of such a node. Imports it only then: the console needs the rest of this table without it. */
  backend(inTurns: InTurns): Promise<Backend>;
}

/** Every way in which a node of the devnet behaves; all but the honest ones exist to be caught. */
export const BEHAVIOURS: Readonly<Record<Behaviour, DevnetBehaviour>> = {
  honest: { expectedScore: 'full', backend: honest },
  slow: {
    expectedScore: 'lower',
    backend: async (inTurns) => (await import('./misbehaving')).slow(await honest(inTurns)),
  },
  skip: {
    expectedScore: 'none',
    backend: async (inTurns) => {
      const [{ createSkippingBackend }, { createSkippingTreeProver }] = await Promise.all([
        import('./skip'),
        import('./skip/tree'),
      ]);
      return createSkippingBackend(inTurns(createSkippingTreeProver()));
    },
  },
  replay: {
    expectedScore: 'none',
    backend: async (inTurns) => (await import('./misbehaving')).replaying(await honest(inTurns)),
  },
  silent: {
    expectedScore: 'none',
    backend: async (inTurns) => (await import('./misbehaving')).silent(await honest(inTurns)),
  },
};

async function honest(inTurns: InTurns): Promise<Backend> {
  const [{ createCpuBackend }, { createTreeProver }] = await Promise.all([
    import('../../node/backends/cpu'),
    import('../../zk/tree'),
  ]);
  return createCpuBackend({ threads: 1, treeProver: inTurns(createTreeProver()) });
}
