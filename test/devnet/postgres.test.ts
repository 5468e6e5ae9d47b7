import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DatabaseAddress } from '../../src/config/database';
import { freePort } from '../../src/devnet/machine/ports';
import { removePostgres, startPostgres } from '../../src/devnet/machine/postgres';

async function query(address: DatabaseAddress, sql: string): Promise<unknown[]> {
  const client = new Client(address);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('embedded Postgres', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'dpin-pg-test-'));
  });
  afterEach(async () => {
    await removePostgres(dir);
    rmSync(dir, { recursive: true, force: true });
  });

  it('keeps committed rows over kill -9 of the server', async () => {
    const port = await freePort();
    const first = await startPostgres({ dir, port });
    await query(first.address, 'create table t (i int); insert into t values (7)');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await startPostgres({ dir, port });
    expect(await query(second.address, 'select i from t')).toEqual([{ i: 7 }]);
    await second.stop();
  });

  it('takes over from a server whose launcher was killed', async () => {
    const port = await freePort();
    const orphan = await startPostgres({ dir, port });
    const next = await startPostgres({ dir, port });
    expect(next.pid).not.toBe(orphan.pid);
    expect(await query(next.address, 'select 1 as one')).toEqual([{ one: 1 }]);
    await next.stop();
  });

  it('asks for the password', async () => {
    const server = await startPostgres({ dir, port: await freePort() });
    await expect(query({ ...server.address, password: 'wrong' }, 'select 1')).rejects.toThrow(/password/);
    await server.stop();
  });

  it('names a port that is taken', async () => {
    const other = mkdtempSync(join(tmpdir(), 'dpin-pg-test-'));
    const server = await startPostgres({ dir, port: await freePort() });
    await expect(startPostgres({ dir: other, port: server.address.port })).rejects.toThrow(/Port \d+ is taken/);
    await server.stop();
    await removePostgres(other);
    expect(existsSync(join(other, 'postgres'))).toBe(false);
    rmSync(other, { recursive: true });
  });

  it('reaches its data under a private folder too', async () => {
    const inner = join(dir, 'inner');
    const server = await startPostgres({ dir: inner, port: await freePort() });
    expect(await query(server.address, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    await removePostgres(inner);
  });
});
