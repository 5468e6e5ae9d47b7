import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseEnvironment } from '../../config/database';
import { createDatabase, dropDatabase, indexDefinitions, indexedHash, rowsOfIndex } from '../../database/whole';
import { freePort } from '../../devnet/machine/ports';
import { type Postgres, removePostgres, startPostgres } from '../../devnet/machine/postgres';
import { DEVNET_CHAIN_ID } from '../../devnet/network';
import { sleep } from '../../runtime/backoff';
import { isDatabaseAway } from '../../runtime/database-away';
import { SimulatedChain } from './chain';
import { IndexerProcess } from './indexer-process';

/** Blocks after which the simulated index takes a block for final. */
export const FINALITY_BLOCKS = 5;
const LOOK_MS = 100;

/** What a run needs of the machine: a chain, a database server, and indexers; several runs use one after the other. */
export class World {
  private databases = 0;

  private constructor(
    readonly chain: SimulatedChain,
    private readonly folder: string,
    private readonly port: number,
    private server: Postgres,
  ) {}

  static async start(): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), 'dpin-simulation-'));
    const port = await freePort();
    const [chain, server] = await Promise.all([
      SimulatedChain.start(FINALITY_BLOCKS),
      startPostgres({ dir: folder, port }),
    ]);
    return new World(chain, folder, port, server);
  }

  async stop(): Promise<void> {
    await this.chain.stop();
    await this.server.stop();
    await removePostgres(this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Postgres stops, by kill -9 or in order, and comes back after a while. */
  async restartPostgres(kill: boolean, awayMs: number): Promise<void> {
    if (kill) process.kill(this.server.pid, 'SIGKILL');
    else await this.server.stop();
    await this.server.exited;
    await sleep(awayMs);
    this.server = await startPostgres({ dir: this.folder, port: this.port });
  }

  async database(): Promise<string> {
    const name = `index_${this.databases++}`;
    await createDatabase(this.server.address, name);
    return name;
  }

  async forget(database: string): Promise<void> {
    await dropDatabase({ ...this.server.address, database: 'postgres' }, database);
  }

  /** Starts `dpin process`. */
  indexer(database: string, rpcUrls: readonly string[], change: Record<string, string> = {}): IndexerProcess {
    return new IndexerProcess({
      ...databaseEnvironment({ ...this.server.address, database }),
      RPC_URL: rpcUrls.join(','),
      CHAIN_ID: String(DEVNET_CHAIN_ID),
      DEPLOYMENT_FILE: this.chain.deploymentFile,
      FINALITY_BLOCKS: String(FINALITY_BLOCKS),
      INDEX_METRICS_PORT: '0',
      AUDIT_CRON: '',
      ...change,
    });
  }

  rows(database: string): Promise<Map<string, string[]>> {
    return rowsOfIndex({ ...this.server.address, database });
  }

  /** How its Postgres indexes are made. */
  indexes(database: string): Promise<string[]> {
    return indexDefinitions({ ...this.server.address, database });
  }

  /** Whether the index holds the newest block of the chain. */
  async isAtHead(database: string): Promise<boolean> {
    const { hash } = await this.chain.newest();
    const indexed = await indexedHash({ ...this.server.address, database }).catch((error) => {
      // Not there yet, or the tables are not.
      if (isDatabaseAway(error) || error?.code === '42P01') return undefined;
      throw error;
    });
    return indexed === hash;
  }

  /** Waits until the index holds the newest block, the indexer has ended, or the time is over. */
  async untilAtHead(database: string, indexer: () => IndexerProcess, limitMs: number): Promise<boolean> {
    const untilMs = performance.now() + limitMs;
    while (indexer().isRunning && performance.now() < untilMs) {
      if (await this.isAtHead(database)) return true;
      await sleep(LOOK_MS);
    }
    return false;
  }
}
