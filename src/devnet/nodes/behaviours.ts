import type { Backend, TreeProver } from '../../node/backends/backend';
import { type Behaviour, COPIED_NODE } from '../network';

/** Makes a prover wait for its turn: the nodes of a devnet share one machine. */
type InTurns = (prover: TreeProver) => TreeProver;

/** What a node of the devnet has beside its backend. */
export interface Surroundings {
  inTurns: InTurns;
  nodeId: number;
  /** Address of the GraphQL server, for a node that reads there. */
  graphqlUrl: string;
}

export interface DevnetBehaviour {
  /** What the smoke run demands of the score: a full one, one below every full one, or none at all. */
  readonly expectedScore: 'full' | 'lower' | 'none';
  /** Does the work of such a node. Imports it only then: the console needs the rest of this table without it. */
  backend(surroundings: Surroundings): Promise<Backend>;
}

/** Every way in which a node of the devnet behaves; all but the honest ones exist to be caught. */
export const BEHAVIOURS: Readonly<Record<Behaviour, DevnetBehaviour>> = {
  honest: { expectedScore: 'full', backend: ({ inTurns }) => honest(inTurns) },
  slow: {
    expectedScore: 'lower',
    backend: async ({ inTurns }) => (await import('./misbehaving')).slow(await honest(inTurns)),
  },
  skip: {
    expectedScore: 'none',
    backend: async ({ inTurns }) => {
      const [{ createSkippingBackend }, { createSkippingTreeProver }] = await Promise.all([
        import('./skip'),
        import('./skip/tree'),
      ]);
      return createSkippingBackend(inTurns(createSkippingTreeProver()));
    },
  },
  replay: {
    expectedScore: 'none',
    backend: async ({ inTurns }) => (await import('./misbehaving')).replaying(await honest(inTurns)),
  },
  silent: {
    expectedScore: 'none',
    backend: async ({ inTurns }) => (await import('./misbehaving')).silent(await honest(inTurns)),
  },
  stretch: {
    expectedScore: 'none',
    backend: async ({ inTurns }) => (await import('./misbehaving')).stretching(await honest(inTurns)),
  },
  copy: {
    expectedScore: 'none',
    backend: async ({ inTurns, nodeId, graphqlUrl }) => {
      const { copying } = await import('./copying');
      return copying(await honest(inTurns), { graphqlUrl, nodeId, copied: COPIED_NODE });
    },
  },
};

async function honest(inTurns: InTurns): Promise<Backend> {
  const [{ createCpuBackend }, { createTreeProver }] = await Promise.all([
    import('../../node/backends/cpu'),
    import('../../zk/tree'),
  ]);
  return createCpuBackend({ threads: 1, treeProver: inTurns(createTreeProver()) });
}
