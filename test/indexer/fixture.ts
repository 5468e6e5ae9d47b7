import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toBeHex } from 'ethers';
import { Client } from 'pg';
import { databaseAddress } from '../../src/config/database';
import { startTestChain, type TestChain } from '../support/chain';
import { deployTestNetwork, type TestNetwork } from '../support/deploy';
import { startTestPostgres, type TestPostgres } from '../support/postgres';
import { until } from '../support/until';

const COMMAND = join(__dirname, '..', '..', 'bin', 'dpin.js');
const FINALITY_BLOCKS = 5;

/** A real chain with the network deployed, a real Postgres, and indexers as processes of their own. */
export class Fixture {
  private readonly indexers: IndexerProcess[] = [];
  private databases = 0;

  private constructor(
    readonly chain: TestChain,
    readonly network: TestNetwork,
    public postgres: TestPostgres,
  ) {}

  static async start(): Promise<Fixture> {
    const [chain, postgres] = await Promise.all([startTestChain(), startTestPostgres()]);
    return new Fixture(chain, await deployTestNetwork(chain), postgres);
  }

  async stop(): Promise<void> {
    await Promise.all(this.indexers.map((indexer) => indexer.kill()));
    await this.chain.stop();
    await this.postgres.remove();
    rmSync(dirname(this.network.deploymentFile), { recursive: true, force: true });
  }

  /** A new database, empty or a copy of one that nobody works on; returns its name. */
  async database(like = 'template1'): Promise<string> {
    const name = `index_${this.databases++}`;
    await this.query('postgres', `CREATE DATABASE ${name} TEMPLATE ${like}`);
    return name;
  }

  /** Starts `dpin process` on a database. */
  index(database: string, env: Record<string, string> = {}): IndexerProcess {
    const indexer = new IndexerProcess({ ...this.env(database), ...env });
    this.indexers.push(indexer);
    return indexer;
  }

  /** The environment of a command that works on a database. */
  env(database: string) {
    return {
      ...this.postgres.env,
      RPC_URL: this.chain.url,
      CHAIN_ID: String(this.chain.chainId),
      DEPLOYMENT_FILE: this.network.deploymentFile,
      FINALITY_BLOCKS: String(FINALITY_BLOCKS),
      DB_NAME: database,
      INDEX_METRICS_PORT: '0',
    };
  }

  async query(database: string, sql: string): Promise<Record<string, unknown>[]> {
    const client = new Client({ ...databaseAddress(this.postgres.env), database });
    // A server that is killed on purpose ends this connection too.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Mines empty blocks. */
  async mine(blocks: number): Promise<void> {
    await this.chain.provider.send('anvil_mine', [toBeHex(blocks)]);
  }

  /** Waits until the indexer is at work and the database holds the chain's newest block, hash and all. */
  async untilIndexed(database: string, indexer: IndexerProcess): Promise<void> {
    await until('the newest block in the index', async () => {
      indexer.assertRunning();
      // An earlier one may have left nothing to do; this one is to be there when it is told to stop.
      if (!indexer.isAtWork) return false;
      const head = await this.chain.provider.send('eth_getBlockByNumber', ['latest', false]);
      const [row] = await this.heads(database);
      return row?.['hash'] === head.hash;
    });
  }

  /** Whether anything was indexed yet. */
  async height(database: string): Promise<number> {
    const [row] = await this.heads(database);
    return Number(row?.['height'] ?? -1);
  }

  private heads(database: string) {
    const sql = `SELECT height, hash FROM (SELECT height, hash FROM squid_processor.hot_block
      UNION ALL SELECT height, hash FROM squid_processor.status) heads ORDER BY height DESC LIMIT 1`;
    return this.query(database, sql).catch(() => []);
  }

  /** Every row of every table of the index, as JSON text in order of the ids. */
  async dump(database: string): Promise<Map<string, string[]>> {
    const tables = await this.query(
      database,
      `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'migrations'
       ORDER BY 1`,
    );
    const dump = new Map<string, string[]>();
    for (const { table_name: table } of tables) {
      const rows = await this.query(database, `SELECT * FROM "${table}" ORDER BY id`);
      dump.set(
        String(table),
        rows.map((row) => JSON.stringify(row)),
      );
    }
    return dump;
  }

  /** What a clean indexer makes of the chain as it is now; never empty, so that comparing with it shows something. */
  async cleanDump(env: Record<string, string> = {}): Promise<Map<string, string[]>> {
    const database = await this.database();
    const indexer = this.index(database, env);
    await this.untilIndexed(database, indexer);
    await indexer.stop();
    const dump = await this.dump(database);
    expect(dump.get('activity')?.length).toBeGreaterThan(0);
    return dump;
  }
}

/** `dpin process` as a child. */
export class IndexerProcess {
  private readonly child: ChildProcess;
  private text = '';
  readonly exited: Promise<number | null>;
  private code: number | null | undefined;

  constructor(env: Record<string, string>) {
    this.child = spawn(process.execPath, [COMMAND, 'process'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.text += chunk.toString();
      });
    }
    this.exited = new Promise((resolve) => {
      this.child.once('exit', (code) => {
        this.code = code;
        resolve(code);
      });
    });
  }

  /** All that it printed. */
  get output(): string {
    return this.text;
  }

  /** Whether it has the lock, the migrations and a signal handler. */
  get isAtWork(): boolean {
    return this.text.includes('"msg":"indexing"');
  }

  assertRunning(): void {
    if (this.code !== undefined) throw new Error(`the indexer ended with ${this.code}:\n${this.text.slice(-4_000)}`);
  }

  /** Asks it to end; resolves with the exit code. */
  stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exited;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
