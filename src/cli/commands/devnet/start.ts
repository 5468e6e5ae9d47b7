import { defineCommand } from '../../command';

export const command = defineCommand({
  group: 'devnet',
  verb: 'start',
  name: 'devnet',
  summary: 'Run a whole network on this machine',
  help:
    'Starts Postgres, a chain with the contracts, a reporter, the index, its API and eight nodes, and tells what the ' +
    'oracle finishes. Ctrl-C stops all of it; the next start goes on with the same network.',
  options: [],
  example: 'DEVNET_DIR=.devnet npx dpin devnet start',
  settings: 'devnet',
  orderly: true,
  run: async (settings, _options, signal) => (await import('../../../devnet/console/run')).runDevnet(settings, signal),
});
