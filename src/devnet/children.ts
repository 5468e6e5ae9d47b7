import { join } from 'node:path';
import type { DevnetAccounts } from './accounts';
import type { PostgresAddress } from './machine/postgres';
import type { ChildSpec } from './machine/supervisor';
import { devnetChainId, finalityBlocks, nodes } from './network';

/** What the processes of a devnet need to know of each other. */
export interface Surroundings {
  rpcUrl: string;
  deploymentFile: string;
  database: PostgresAddress;
  graphqlPort: number;
  oraclePort: number;
  oracleUrl: string;
  /** Where the nodes keep their journals. */
  journalFolder: string;
  /** Where the nodes take turns at proving. */
  turnsFolder: string;
  accounts: DevnetAccounts;
}

/** The devnet's own processes: the same commands as in production, with the devnet's settings. */
export function children(around: Surroundings): { api: ChildSpec; afterDeployment: ChildSpec[] } {
  const chain = {
    RPC_URL: around.rpcUrl,
    CHAIN_ID: String(devnetChainId),
    DEPLOYMENT_FILE: around.deploymentFile,
    FINALITY_BLOCKS: String(finalityBlocks),
  };
  const { host, port, database, user, password } = around.database;
  const db = { DB_HOST: host, DB_PORT: String(port), DB_NAME: database, DB_USER: user, DB_PASS: password };
  const indexer: ChildSpec = { name: 'indexer', args: ['process'], env: { ...chain, ...db }, heapMb: 192 };
  const oracle: ChildSpec = {
    name: 'oracle',
    args: ['oracle'],
    env: { ...chain, ...db, ORACLE_PORT: String(around.oraclePort), KEY: around.accounts.reporter.privateKey },
    heapMb: 256,
  };
  const agents = nodes.map(({ behaviour }, nodeId): ChildSpec => {
    return {
      name: `node-${nodeId}-${behaviour}`,
      // One honest node is run as its operator would; the others prove in turns, as they share the machine.
      args: nodeId === 0 ? ['node'] : ['devnet-node', behaviour, around.turnsFolder],
      env: {
        ...chain,
        ORACLE_URL: around.oracleUrl,
        NODE_ID: String(nodeId),
        NODE_JOURNAL_FILE: join(around.journalFolder, `node-${nodeId}.journal`),
        KEY: around.accounts.workers[nodeId]!.privateKey,
      },
      heapMb: 96,
    };
  });
  return {
    api: { name: 'api', args: ['serve'], env: { ...db, GQL_PORT: String(around.graphqlPort) }, heapMb: 192 },
    afterDeployment: [oracle, indexer, ...agents],
  };
}
