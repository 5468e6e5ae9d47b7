import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JsonRpcProvider } from 'ethers';
import { type Deployment, readDeployment } from '../chain/deployment';
import type { DatabaseAddress } from '../config/database';
import { sleep } from '../runtime/backoff';
import { FatalError } from '../runtime/errors';
import { type DevnetAccounts, devnetAccounts } from './accounts';
import { deployDevnet } from './deploy';
import { type Anvil, startAnvil, stopLeftoverAnvil } from './machine/anvil';
import type { DevnetFolder } from './machine/folder';
import { isPortFree } from './machine/ports';
import { type Postgres, removePostgres, startPostgres, stopLeftoverPostgres } from './machine/postgres';
import { writeSettings } from './machine/settings-file';
import { Supervisor } from './machine/supervisor';
import {
  BLOCK_TIME_SECONDS,
  DEVNET_CHAIN_ID,
  DEVNET_MNEMONIC,
  type DevnetNode,
  FINALITY_BLOCKS,
  FUNDED_ACCOUNTS,
  NODES,
  ORACLE_PARAMETERS,
} from './network';
import { type Actors, startActors } from './people';
import {
  evidencePort,
  evidenceUrl,
  graphqlUrl,
  oraclePort,
  oracleSchema,
  oracleUrl,
  processSpecs,
} from './process-specs';

/** Ports, each named in errors by the setting that chooses it. */
export interface DevnetPorts {
  DEVNET_RPC_PORT: number;
  DEVNET_DB_PORT: number;
  GQL_PORT: number;
  ORACLE_PORT: number;
  EVIDENCE_PORT: number;
}

export interface DevnetOptions {
  folder: DevnetFolder;
  ports: DevnetPorts;
  /** Other nodes than the devnet's, as many. */
  nodes?: readonly DevnetNode[];
  /** One line for the console about a process that ended or a deed that failed. */
  onNotice(line: string): void;
  /** The devnet cannot go on; whoever started it should stop it. */
  onFailure(error: FatalError): void;
  /** Gives up starting; what was started is stopped and the signal's reason thrown. */
  signal?: AbortSignal;
}

/** A whole network on this machine. */
export interface Devnet {
  readonly isResumed: boolean;
  readonly deployment: Deployment;
  readonly accounts: DevnetAccounts;
  readonly rpcUrl: string;
  readonly graphqlUrl: string;
  /** Of each reporter's gateway. */
  readonly oracleUrls: readonly string[];
  /** Of each reporter's evidence server. */
  readonly evidenceUrls: readonly string[];
  readonly database: DatabaseAddress;
  /** Schemas of the reporters' tables in it. */
  readonly oracleSchemas: readonly string[];
  /** Process ids by name: our own commands, `postgres` and `chain`. */
  pids(): Map<string, number>;
  /** Runs a node that starts later than the others. */
  startNode(nodeId: number): void;
  /** Ends everything within 5 s; what it kept is there for the next start. */
  stop(): Promise<void>;
}

const POSTGRES_RESTARTS_MAX = 20;

/**
 * Starts (or goes on with) the devnet of a folder: Postgres, the chain, the contracts, then our own processes and
 * actors. Resolves when everything is launched; GraphQL answers some seconds later.
 * @throws FatalError naming what a person must mend; nothing is left running then
 */
export async function startDevnet(options: DevnetOptions): Promise<Devnet> {
  const { folder, ports } = options;
  await stopLeftoverAnvil(folder.root);
  await stopLeftoverPostgres(folder.root);
  const accounts = devnetAccounts();
  await refuseTakenPorts(ports, accounts.reporters.length);
  const isResumed = existsSync(folder.deployment) && existsSync(join(folder.root, 'chain', 'state.json'));
  if (!isResumed) await forgetHalfMade(folder);

  const parts = new DevnetParts(options);
  try {
    const [database, anvil] = await Promise.all([parts.startPostgres(), parts.startChain()]);
    options.signal?.throwIfAborted();
    const specs = processSpecs({
      rpcUrl: anvil.url,
      deploymentFile: folder.deployment,
      database,
      graphqlPort: ports.GQL_PORT,
      oraclePort: ports.ORACLE_PORT,
      evidencePort: ports.EVIDENCE_PORT,
      evidenceFolder: join(folder.root, 'evidence'),
      journalFolder: folder.journals,
      turnsFolder: join(folder.root, 'turns'),
      accounts,
      nodes: options.nodes ?? NODES,
    });
    parts.supervisor.start(specs.api);
    const deployment = isResumed
      ? readDeployment(folder.deployment)
      : await deployInto(folder.deployment, anvil.url, accounts, options.nodes);
    options.signal?.throwIfAborted();
    writeSettings(folder.root, specs.settings);
    for (const spec of specs.afterDeployment) parts.supervisor.start(spec);
    parts.startActors(anvil.url, deployment, accounts);
    return {
      isResumed,
      deployment,
      accounts,
      rpcUrl: anvil.url,
      graphqlUrl: graphqlUrl({ graphqlPort: ports.GQL_PORT }),
      oracleUrls: accounts.reporters.map((_, reporter) => oracleUrl(ports.ORACLE_PORT, reporter)),
      evidenceUrls: accounts.reporters.map((_, reporter) => evidenceUrl(ports.EVIDENCE_PORT, reporter)),
      database,
      oracleSchemas: accounts.reporters.map((_, reporter) => oracleSchema(reporter)),
      pids: () => parts.pids(),
      startNode: (nodeId) => {
        const spec = specs.later.get(nodeId);
        if (spec) parts.supervisor.start(spec);
      },
      stop: () => parts.stop(),
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

/** The parts of a devnet as they start, so that it can be stopped from any half-way point. */
class DevnetParts {
  readonly supervisor: Supervisor;
  private postgres?: Postgres;
  private anvil?: Anvil;
  private actors?: Actors;
  private stopping?: Promise<void>;
  private postgresRestarts = 0;

  constructor(private readonly options: DevnetOptions) {
    this.supervisor = new Supervisor(options.folder.logs, {
      restarting: (name, exit, waitMs) => options.onNotice(`${name} ended (${exit}), starting again in ${waitMs} ms`),
      gaveUp: (name, exit, lastWords) =>
        options.onFailure(
          new FatalError(`${name} keeps ending (${exit})`, `Its last words:\n${lastWords}`, {
            log: join(options.folder.logs, `${name}.log`),
          }),
        ),
    });
  }

  async startPostgres(): Promise<DatabaseAddress> {
    const { folder, ports } = this.options;
    const postgres = await startPostgres({ dir: folder.root, port: ports.DEVNET_DB_PORT });
    this.postgres = postgres;
    void postgres.exited.then(() => this.postgresEnded());
    return postgres.address;
  }

  async startChain(): Promise<Anvil> {
    const { folder, ports } = this.options;
    const anvil = await startAnvil({
      port: ports.DEVNET_RPC_PORT,
      dir: folder.root,
      blockTimeSeconds: BLOCK_TIME_SECONDS,
      mnemonic: DEVNET_MNEMONIC,
      accounts: FUNDED_ACCOUNTS,
      chainId: DEVNET_CHAIN_ID,
    });
    this.anvil = anvil;
    void anvil.exited.then(() => {
      if (this.stopping) return;
      const advice = 'npm start goes on from its last saved block; should the index not follow, npm run reset.';
      this.options.onFailure(new FatalError('The local chain ended unexpectedly', advice));
    });
    return anvil;
  }

  startActors(url: string, deployment: Deployment, accounts: DevnetAccounts): void {
    const onError = (deed: string, error: Error) =>
      this.options.onNotice(`an actor could not act (${deed}): ${shortMessage(error)}`);
    this.actors = startActors({ url, deployment, accounts, onError });
  }

  pids(): Map<string, number> {
    const pids = this.supervisor.pids();
    if (this.postgres) pids.set('postgres', this.postgres.pid);
    if (this.anvil) pids.set('chain', this.anvil.pid);
    return pids;
  }

  /** Ours first: they still write to the database and the chain while they end. */
  stop(): Promise<void> {
    this.stopping ??= (async () => {
      await Promise.all([this.actors?.stop(), this.supervisor.stop()]);
      await Promise.all([this.postgres?.stop(), this.anvil?.stop()]);
    })();
    return this.stopping;
  }

  private async postgresEnded(): Promise<void> {
    if (this.stopping) return;
    if (++this.postgresRestarts > POSTGRES_RESTARTS_MAX) {
      this.options.onFailure(new FatalError('Postgres keeps ending', 'See whether the machine is out of memory.'));
      return;
    }
    this.options.onNotice('Postgres ended, starting it again');
    await this.startPostgres().catch((error: unknown) => {
      if (this.stopping) return;
      this.options.onFailure(
        error instanceof FatalError ? error : new FatalError('Postgres does not come back', String(error)),
      );
    });
    // Asked to stop while it was coming back.
    if (this.stopping) await this.postgres?.stop();
  }
}

/** ethers puts the whole transaction into `message`. */
function shortMessage(error: Error): string {
  return String((error as { shortMessage?: unknown }).shortMessage ?? error.message).slice(0, 200);
}

async function refuseTakenPorts(ports: DevnetPorts, reporters: number): Promise<void> {
  const others = Array.from({ length: reporters - 1 }, (_, index): [string, number][] => [
    ['ORACLE_PORT', oraclePort(ports.ORACLE_PORT, index + 1)],
    ['EVIDENCE_PORT', evidencePort(ports.EVIDENCE_PORT, index + 1)],
  ]).flat();
  for (const [setting, port] of [...Object.entries(ports), ...others]) {
    if (await isPortFree(port)) continue;
    throw new FatalError(
      `${setting}: port ${port} is taken`,
      `Stop what listens there, or choose another, for example ${setting}=${port + 1} npm start`,
    );
  }
}

/** A start that was killed before its deployment was written leaves a chain and a database that belong to nothing. */
async function forgetHalfMade(folder: DevnetFolder): Promise<void> {
  await removePostgres(folder.root);
  rmSync(folder.deployment, { force: true });
  rmSync(join(folder.root, 'chain'), { recursive: true, force: true });
  for (const old of [folder.logs, folder.journals, join(folder.root, 'evidence')])
    rmSync(old, { recursive: true, force: true });
  mkdirSync(folder.journals);
}

async function deployInto(
  file: string,
  url: string,
  accounts: DevnetAccounts,
  nodes: readonly DevnetNode[] | undefined,
): Promise<Deployment> {
  const provider = new JsonRpcProvider(url, DEVNET_CHAIN_ID, { staticNetwork: true, cacheTimeout: -1 });
  try {
    const head = await provider.getBlock('latest');
    const chainTime = Math.max(head?.timestamp ?? 0, Math.floor(Date.now() / 1000));
    const genesisTime = chainTime + ORACLE_PARAMETERS.genesisDelaySeconds;
    const deployment = await deployDevnet({ provider, chainId: DEVNET_CHAIN_ID, accounts, genesisTime, nodes });
    // Readers wait until the deployment counts as final: the index starts at its first block.
    while ((await provider.getBlockNumber()) < FINALITY_BLOCKS) await sleep(100);
    // Written under another name first: a reader must never see half of it.
    writeFileSync(`${file}.new`, `${JSON.stringify(deployment, null, 2)}\n`);
    renameSync(`${file}.new`, file);
    return deployment;
  } finally {
    provider.destroy();
  }
}
