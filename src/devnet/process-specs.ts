import { join, resolve } from 'node:path';
import { type DatabaseAddress, databaseEnvironment } from '../config/database';
import type { DevnetAccounts } from './accounts';
import type { ChildSpec } from './machine/supervisor';
import { DEVNET_CHAIN_ID, type DevnetNode, FINALITY_BLOCKS } from './network';

/** Where the parts of a devnet are: what its processes need to know of each other. */
export interface DevnetPlaces {
  rpcUrl: string;
  deploymentFile: string;
  database: DatabaseAddress;
  graphqlPort: number;
  /** Port of the first reporter's gateway; the others follow. */
  oraclePort: number;
  /** Port of the first reporter's evidence server; the others follow. */
  evidencePort: number;
  /** Where the reporters keep their public evidence. */
  evidenceFolder: string;
  /** Where the nodes keep their journals and receipts. */
  journalFolder: string;
  /** Where the nodes take turns at proving. */
  turnsFolder: string;
  accounts: DevnetAccounts;
  nodes: readonly DevnetNode[];
}

export interface DevnetSpecs {
  /** Settings by which other commands find chain, database and the first reporter's account. */
  settings: Readonly<Record<string, string>>;
  api: ChildSpec;
  afterDeployment: ChildSpec[];
  /** Agents of the nodes that run only once they are asked for, by nodeId. */
  later: ReadonlyMap<number, ChildSpec>;
}

/** The devnet's own processes: the same commands as in production, with the devnet's settings. */
export function processSpecs(places: DevnetPlaces): DevnetSpecs {
  const chain = {
    RPC_URL: places.rpcUrl,
    CHAIN_ID: String(DEVNET_CHAIN_ID),
    DEPLOYMENT_FILE: places.deploymentFile,
    FINALITY_BLOCKS: String(FINALITY_BLOCKS),
  };
  const db = databaseEnvironment(places.database);
  const indexer: ChildSpec = {
    name: 'indexer',
    args: ['process'],
    env: { ...chain, ...db, INDEX_METRICS_PORT: '0' },
    heapMb: 192,
  };
  const oracles = places.accounts.reporters.map(
    (wallet, reporter): ChildSpec => ({
      name: `oracle${suffix(reporter)}`,
      args: ['oracle'],
      env: {
        ...chain,
        ...db,
        ORACLE_PORT: String(oraclePort(places.oraclePort, reporter)),
        ORACLE_SCHEMA: oracleSchema(reporter),
        EVIDENCE_PORT: String(evidencePort(places.evidencePort, reporter)),
        EVIDENCE_MAX_GB: '1',
        ORACLE_METRICS_PORT: '0',
        EVIDENCE_DIR: join(places.evidenceFolder, oracleSchema(reporter)),
        KEY: wallet.privateKey,
      },
      heapMb: 256,
    }),
  );
  const agents = places.nodes.map(({ behaviour }, nodeId): ChildSpec => {
    return {
      name: `node-${nodeId}-${behaviour}`,
      // One honest node is run as its operator would; the others prove in turns, as they share the machine.
      args: nodeId === 0 ? ['node'] : ['devnet-node', behaviour, places.turnsFolder, '--graphql', graphqlUrl(places)],
      env: {
        ...chain,
        ORACLE_URL: oracleList(places.oraclePort, places.accounts),
        NODE_ID: String(nodeId),
        NODE_JOURNAL_FILE: join(places.journalFolder, `node-${nodeId}.journal`),
        NODE_RECEIPTS_FILE: join(places.journalFolder, `node-${nodeId}.receipts`),
        KEY: places.accounts.workers[nodeId]!.privateKey,
      },
      heapMb: 96,
    };
  });
  const startsLater = (nodeId: number) => places.nodes[nodeId]!.startsLater === true;
  return {
    settings: {
      ...{ ...chain, ...db, DEPLOYMENT_FILE: resolve(places.deploymentFile) },
      ...{ ORACLE_SCHEMA: oracleSchema(0), KEY: places.accounts.reporters[0]!.privateKey },
    },
    api: {
      name: 'api',
      args: ['serve'],
      env: { ...db, GQL_PORT: String(places.graphqlPort), GQL_METRICS_PORT: '0' },
      heapMb: 192,
    },
    afterDeployment: [...oracles, indexer, ...agents.filter((_, nodeId) => !startsLater(nodeId))],
    later: new Map([...agents.entries()].filter(([nodeId]) => startsLater(nodeId))),
  };
}

/** Address of the GraphQL server. */
export function graphqlUrl({ graphqlPort }: Pick<DevnetPlaces, 'graphqlPort'>): string {
  return `http://127.0.0.1:${graphqlPort}/graphql`;
}

/** Port of a reporter's gateway, by the reporter's place in the list. */
export function oraclePort(firstPort: number, reporter: number): number {
  return firstPort + reporter;
}

/** Port of a reporter's evidence server, by the reporter's place in the list. */
export function evidencePort(firstPort: number, reporter: number): number {
  return firstPort + reporter;
}

/** Address of a reporter's evidence server. */
export function evidenceUrl(firstPort: number, reporter: number): string {
  return `http://127.0.0.1:${evidencePort(firstPort, reporter)}`;
}

/** WebSocket address of a reporter's gateway. */
export function oracleUrl(firstPort: number, reporter: number): string {
  return `ws://127.0.0.1:${oraclePort(firstPort, reporter)}`;
}

/** ORACLE_URL of the nodes: every reporter with its address. */
function oracleList(firstPort: number, { reporters }: DevnetAccounts): string {
  return reporters.map(({ address }, reporter) => `${address}@${oracleUrl(firstPort, reporter)}`).join();
}

/** Schema of a reporter's tables; all reporters of a devnet share its database. */
export function oracleSchema(reporter: number): string {
  return reporter === 0 ? 'oracle' : `oracle_${reporter}`;
}

/** The first reporter's process has a plain name. */
function suffix(reporter: number): string {
  return reporter === 0 ? '' : `-${reporter}`;
}
