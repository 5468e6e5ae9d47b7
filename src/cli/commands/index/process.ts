import { defineCommand } from '../../command';

export const command = defineCommand({
  group: 'index',
  verb: 'process',
  name: 'process',
  summary: 'Index the chain into Postgres',
  help:
    'Applies pending migrations, then follows the chain until it is told to stop. While Postgres or the endpoint is ' +
    'away it waits, and says so.',
  options: [],
  example:
    'RPC_URL=http://127.0.0.1:8545 CHAIN_ID=31337 DEPLOYMENT_FILE=deployment.json DB_PASS=secret npx dpin index process',
  settings: 'indexer',
  run: async (settings, _options, signal) => (await import('../../../indexer/run')).runIndexer(settings, signal),
});
