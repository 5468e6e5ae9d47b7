import { z } from 'zod';
import type { Rewound } from '../../../indexer/rewind';
import { defineCommand, FLAG } from '../../command';

export const command = defineCommand({
  group: 'index',
  verb: 'rewind',
  name: 'rewind',
  summary: 'Set the index back to a block',
  help:
    'The index is then as it was right after that block, and the next `npx dpin index process` goes on from there. Blocks ' +
    'that are not final are undone at once. A block behind finality takes as long as an index up to it: the rows are ' +
    'forgotten and made again from the first event on, over the endpoints of RPC_URL; readers see them grow. Killed ' +
    'meanwhile, the same command goes on. For the same reason an index that ends before the block is made further, up ' +
    "to it. No indexer may run. The oracle's tables stay. With no setting of chain or database in the environment it " +
    'works on the devnet that runs in DEVNET_DIR.',
  options: [
    {
      name: 'to',
      flags: '--to <block>',
      description: 'Height of the block that the index ends with',
      schema: z
        .string()
        .regex(/^\d{1,9}$/, 'is not the height of a block')
        .transform(Number),
    },
    {
      name: 'json',
      flags: '--json',
      description: 'Print what was done as JSON: from, to, how',
      default: 'text',
      schema: FLAG,
    },
  ],
  example: 'npx dpin index rewind --to 60123456',
  settings: 'indexer',
  findsDevnet: true,
  run: async (settings, { to, json }, signal) => {
    const { rewindIndex } = await import('../../../indexer/rewind');
    const done = await rewindIndex(settings, to, signal);
    console.log(json ? JSON.stringify(done) : wordsOf(done));
  },
});

function wordsOf({ from, to, how }: Rewound): string {
  const before = from === null ? 'nothing was indexed before' : `the index ended at block ${from} before`;
  return {
    'taken-back': `The blocks after ${to} were taken back; ${before}.`,
    anew: `Index made anew up to block ${to}; ${before}.`,
    onwards: `Index made further, up to block ${to}; ${before}.`,
    nothing: `Nothing to do: the index ends at block ${to}.`,
  }[how];
}
