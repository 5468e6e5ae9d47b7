import { z } from 'zod';
import type { Behaviour } from '../../../devnet/network';
import { BEHAVIOURS } from '../../../devnet/nodes/behaviours';
import { defineCommand } from '../../command';

const names = Object.keys(BEHAVIOURS) as Behaviour[];

export const command = defineCommand({
  group: 'devnet',
  verb: 'node',
  name: 'devnet-node',
  summary: 'Run a node agent that behaves as it is told',
  help: `The ordinary node agent over a backend that may be slow or cheat: ${names.join(', ')}.`,
  options: [
    {
      name: 'behaviour',
      flags: '<behaviour>',
      description: `How it behaves: ${names.join(', ')}`,
      schema: z.enum(names, { error: `is not one of ${names.join(', ')}` }),
    },
    {
      name: 'turns',
      flags: '<folder>',
      description: 'Folder by which nodes that share the machine take turns at proving',
      schema: z.string().min(1, 'is empty'),
    },
    {
      name: 'graphql',
      flags: '--graphql <url>',
      description: 'Where a node that copies reads what others are asked',
      default: 'http://127.0.0.1:4350/graphql',
      schema: z.string().default('http://127.0.0.1:4350/graphql'),
    },
  ],
  example: 'NODE_ID=5 npx dpin devnet node skip .devnet/turns',
  settings: 'node',
  hidden: true,
  run: async (settings, { behaviour, turns, graphql }, signal) => {
    const [{ runNodeAgent }, { provingInTurns }] = await Promise.all([
      import('../../../node/agent'),
      import('../../../devnet/nodes/turns'),
    ]);
    const backend = await BEHAVIOURS[behaviour].backend({
      inTurns: (prover) => provingInTurns(prover, turns),
      nodeId: settings.NODE_ID,
      graphqlUrl: graphql,
    });
    try {
      await runNodeAgent({ settings, backend, signal });
    } finally {
      await backend.close();
    }
  },
});
