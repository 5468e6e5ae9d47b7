import { isDatabaseAway } from '../../../runtime/database-away';
import { RetryableError } from '../../../runtime/errors';
import { defineCommand } from '../../command';

export const command = defineCommand({
  group: 'index',
  verb: 'resync',
  name: 'resync',
  summary: 'Forget the index, so that it is built anew',
  help:
    "Makes the index's tables anew, empty; the next `npx dpin index process` fills them from the chain. Results of audits " +
    "and the oracle's tables stay. No indexer may run. With no setting of chain or database in the environment it works " +
    'on the devnet that runs in DEVNET_DIR.',
  options: [],
  brief: true,
  example:
    'RPC_URL=http://127.0.0.1:8545 CHAIN_ID=31337 DEPLOYMENT_FILE=deployment.json DB_PASS=secret npx dpin index resync',
  settings: 'indexer',
  findsDevnet: true,
  run: async (settings) => {
    const [{ createLogger }, { forgetIndex }] = await Promise.all([
      import('@subsquid/logger'),
      import('../../../indexer/store/schema'),
    ]);
    const tables = await forgetIndex(settings).catch((error: Error) => {
      if (!isDatabaseAway(error)) throw error;
      throw new RetryableError(
        'Postgres does not answer',
        { host: settings.DB_HOST, port: settings.DB_PORT },
        { cause: error },
      );
    });
    createLogger('dpin:indexer').info(
      { tables: tables.length },
      'index forgotten; start npx dpin process to index anew',
    );
  },
});
