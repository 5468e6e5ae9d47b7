import { z } from 'zod';
import { defineCommand } from '../../command';

export const command = defineCommand({
  group: 'index',
  verb: 'rewind',
  name: 'rewind',
  summary: 'Set the index back to a block',
  help:
    'Afterwards the rows are those after that block, and the next `dpin index process` goes on from there. Blocks that ' +
    'are not final are undone at once. A block behind finality takes as long as an index up to it: the rows are ' +
    'forgotten and made again from the first event on, over the endpoints of RPC_URL; readers see them grow. Killed ' +
    "meanwhile, the same command goes on. No indexer may run. The oracle's tables stay.",
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
  ],
  example: 'dpin index rewind --to 60123456',
  settings: 'indexer',
  run: async (settings, { to }, signal) => {
    const { rewindIndex } = await import('../../../indexer/rewind');
    const { from, how } = await rewindIndex(settings, to, signal);
    const done = {
      'taken-back': 'the blocks after it were taken back',
      anew: 'indexed anew up to it',
      onwards: 'indexed on up to it',
      nothing: 'it stood there already',
    }[how];
    console.log(
      `the index is at block ${to}${from === null || how === 'nothing' ? '' : `, it was at ${from}`}: ${done}`,
    );
  },
});
