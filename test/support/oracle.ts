import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { databaseAddress } from '../../src/config/database';
import { freePorts } from '../../src/devnet/machine/ports';
import { DEVNET_CHAIN_ID, type DevnetNode, FINALITY_BLOCKS } from '../../src/devnet/network';
import { startTestChain, type TestChain } from './chain';
import { deployTestNetwork, type TestNetwork } from './deploy';
import { startTestPostgres, type TestPostgres } from './postgres';
import { type RpcProxy, startRpcProxy } from './rpc-proxy';
import { until } from './until';

const program = join(__dirname, '..', '..', 'bin', 'dpin.js');

export interface ChallengeRow {
  round: string;
  node_id: string;
  verdict: string | null;
  reason: string | null;
  verdict_group: string | null;
  task: string;
  in_anchor: boolean;
  elapsed_ms: string | null;
  deadline_ms: number;
  perf_bps: number | null;
}

/** A reporter with nodes, each a process of its own as in production, on a chain and database of the test's own. */
export class TestOracle {
  private readonly processes = new Set<ChildProcess>();
  private oracleProcess: ChildProcess | null = null;
  private readonly output: string[] = [];

  private constructor(
    private postgres: TestPostgres,
    readonly chain: TestChain,
    /** The oracle's way to the chain; nodes have their own. */
    readonly rpc: RpcProxy,
    readonly network: TestNetwork,
    readonly port: number,
    /** Where the oracle shows how it does. */
    readonly metricsPort: number,
    private readonly graphqlPort: number,
  ) {}

  get graphqlUrl(): string {
    return `http://127.0.0.1:${this.graphqlPort}/graphql`;
  }

  /** Where the oracle keeps its public evidence. */
  get evidenceFolder(): string {
    return join(dirname(this.network.deploymentFile), 'evidence');
  }

  /** @param nodes that are registered, if others than the devnet's; at most 20 */
  static async start(
    timing: { slotSeconds: number; slotsPerEpoch: number },
    genesisDelaySeconds: number,
    nodes?: readonly DevnetNode[],
  ): Promise<TestOracle> {
    const [postgres, chain] = await Promise.all([startTestPostgres(), startTestChain({ blockTimeSeconds: 1 })]);
    const network = await deployTestNetwork(chain, { genesisDelaySeconds, timing, nodes });
    const [port = 0, metricsPort = 0, graphqlPort = 0] = await freePorts(3);
    return new TestOracle(postgres, chain, await startRpcProxy(chain.url), network, port, metricsPort, graphqlPort);
  }

  /** The indexer and the API, for a test that reads over GraphQL. */
  startApi(): void {
    this.spawn(['process'], { ...this.postgres.env, INDEX_METRICS_PORT: '0' });
    const ports = { GQL_PORT: String(this.graphqlPort), GQL_METRICS_PORT: '0' };
    this.spawn(['serve'], { ...this.postgres.env, ...ports });
  }

  /** What all processes have printed. */
  get said(): string {
    return this.output.join('');
  }

  startOracle(): void {
    const key = this.network.accounts.reporters[0]!.privateKey;
    this.oracleProcess = this.spawn(['oracle'], {
      ...this.postgres.env,
      RPC_URL: this.rpc.url,
      ORACLE_PORT: String(this.port),
      EVIDENCE_PORT: '0',
      ORACLE_METRICS_PORT: String(this.metricsPort),
      EVIDENCE_DIR: this.evidenceFolder,
      KEY: key,
    });
  }

  /** kill -9, so that nothing can be tidied up. */
  async killOracle(): Promise<void> {
    const child = this.oracleProcess!;
    this.oracleProcess = null;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** kill -9 of Postgres; it stays away for `awayMs`. */
  async killPostgres(awayMs: number): Promise<void> {
    process.kill(this.postgres.pid, 'SIGKILL');
    await sleep(awayMs);
    this.postgres = await this.postgres.restart();
  }

  /** @returns exit code and how long the oracle took to stop, ms */
  async stopOracle(): Promise<{ code: number | null; tookMs: number }> {
    const child = this.oracleProcess!;
    const startMs = Date.now();
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    return { code: child.exitCode, tookMs: Date.now() - startMs };
  }

  startNode(
    nodeId: number,
    behaviour: 'honest' | 'replay' | 'silent' | 'skip' = 'honest',
    metricsPort = 0,
  ): ChildProcess {
    const turns = join(dirname(this.network.deploymentFile), 'turns');
    return this.spawn(['devnet-node', behaviour, turns], {
      ORACLE_URL: `${this.network.accounts.reporters[0]!.address}@ws://127.0.0.1:${this.port}`,
      NODE_ID: String(nodeId),
      NODE_METRICS_PORT: String(metricsPort),
      KEY: this.network.accounts.workers[nodeId]!.privateKey,
    });
  }

  async query<R extends object>(text: string, values: unknown[] = []): Promise<R[]> {
    const client = new Client(databaseAddress(this.postgres.env));
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(text, values)).rows as R[];
    } finally {
      await client.end();
    }
  }

  /** Polls until the query gives a row. @throws Error with the processes' output after `limitMs` */
  async until<R extends object>(what: string, text: string, values: unknown[] = [], limitMs?: number): Promise<R> {
    // Until the oracle has made its tables, and while Postgres is down, there is nothing to see.
    const look = async () => (await this.query<R>(text, values).catch(() => []))[0];
    return until(what, look, limitMs).catch((error: Error) => {
      throw new Error(`${error.message}:\n${this.output.slice(-60).join('')}`);
    }) as Promise<R>;
  }

  /** First round that is not written down yet. */
  async nextRound(): Promise<number> {
    const [row] = await this.query<{ next: string }>('SELECT coalesce(max(round) + 1, 0) AS next FROM oracle.rounds');
    return Number(row?.next);
  }

  challenges(round: number): Promise<ChallengeRow[]> {
    return this.query('SELECT * FROM oracle.challenges WHERE round = $1 ORDER BY node_id, device', [round]);
  }

  async remove(): Promise<void> {
    await Promise.all(
      [...this.processes].map(async (child) => {
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }),
    );
    await this.rpc.close();
    await this.chain.stop();
    await this.postgres.remove();
  }

  private spawn(args: string[], env: Record<string, string>): ChildProcess {
    const child = spawn(process.execPath, [program, ...args], {
      env: {
        ...process.env,
        RPC_URL: this.chain.url,
        CHAIN_ID: String(DEVNET_CHAIN_ID),
        DEPLOYMENT_FILE: this.network.deploymentFile,
        FINALITY_BLOCKS: String(FINALITY_BLOCKS),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data: Buffer) => this.output.push(`${args.join(' ')}: ${data.toString('utf8')}`));
    }
    this.processes.add(child);
    child.once('exit', () => this.processes.delete(child));
    return child;
  }
}
