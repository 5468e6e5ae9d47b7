import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/devnet/machine/ports';
import { type Postgres, removePostgres, startPostgres } from '../../src/devnet/machine/postgres';

/** A Postgres of a test's own, on a free port, that leaves nothing behind. Takes about a second. */
export interface TestPostgres extends Postgres {
  /** Settings of our processes for this server. */
  readonly env: Record<'DB_HOST' | 'DB_PORT' | 'DB_NAME' | 'DB_USER' | 'DB_PASS' | 'ORACLE_SCHEMA', string>;
  /** Starts it again on the same data and port, after `stop` or a kill. */
  restart(): Promise<TestPostgres>;
  /** Stops the server and removes its data. */
  remove(): Promise<void>;
}

/** Starts it; call `remove` in afterAll. */
export async function startTestPostgres(): Promise<TestPostgres> {
  return open(mkdtempSync(join(tmpdir(), 'dpin-test-')), await freePort());
}

async function open(dir: string, port: number): Promise<TestPostgres> {
  const server = await startPostgres({ dir, port });
  const { host, user, password, database } = server.address;
  return {
    ...server,
    env: {
      DB_HOST: host,
      DB_PORT: String(port),
      DB_NAME: database,
      DB_USER: user,
      DB_PASS: password,
      ORACLE_SCHEMA: 'oracle',
    },
    restart: () => open(dir, port),
    remove: async () => {
      await server.stop();
      // As root the data lies elsewhere: the account that runs the server cannot enter a private folder.
      await removePostgres(dir);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
