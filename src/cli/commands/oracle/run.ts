import { defineCommand } from '../../command';

export const command = defineCommand({
  group: 'oracle',
  verb: 'run',
  name: 'oracle',
  summary: "Run a reporter's oracle",
  help:
    'Challenges the nodes that dial it, checks their work, anchors each round on-chain, and posts proven scores at the ' +
    'end of an epoch. KEY (or KEYSTORE_FILE) is the account of the reporter. A restart goes on with the rounds under way.',
  options: [],
  example:
    'RPC_URL=https://bsc.example CHAIN_ID=56 DEPLOYMENT_FILE=deployment.json DB_PASS=secret ' +
    'KEYSTORE_FILE=reporter.json KEYSTORE_PASSWORD_FILE=password npx dpin oracle run',
  settings: 'oracle',
  run: async (settings, _options, signal) => (await import('../../../oracle/service')).runOracle(settings, signal),
});
