import { defineCommand } from '../../command';

export const command = defineCommand({
  group: 'devnet',
  verb: 'reset',
  name: 'reset',
  summary: "Forget the devnet's chain, database and logs",
  help: 'Removes the devnet in DEVNET_DIR and nothing else; refuses while it runs.',
  options: [],
  brief: true,
  example: 'DEVNET_DIR=.devnet npx dpin devnet reset',
  settings: 'devnet',
  run: async ({ DEVNET_DIR: folder }) => {
    const { forgetDevnet } = await import('../../../devnet/machine/folder');
    const existed = await forgetDevnet(folder);
    console.log(existed ? `Forgot the devnet in ${folder}.` : `There is no devnet in ${folder}.`);
  },
});
