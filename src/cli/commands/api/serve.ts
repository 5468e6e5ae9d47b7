import { defineCommand } from '../../command';

export const command = defineCommand({
  group: 'api',
  verb: 'serve',
  name: 'serve',
  summary: 'Serve the index and the oracle over GraphQL',
  help: 'Runs until it is told to stop. Waits for Postgres as long as that takes, and says so.',
  options: [],
  example: 'DB_PASS=secret GQL_PORT=4350 npx dpin api serve',
  settings: 'api',
  run: async (settings, _options, signal) => (await import('../../../server-extension/run')).runApi(settings, signal),
});
