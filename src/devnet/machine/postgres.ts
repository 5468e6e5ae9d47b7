import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Client } from 'pg';
import type { DatabaseAddress } from '../../config/database';
import { sleep } from '../../runtime/backoff';
import { FatalError, RetryableError } from '../../runtime/errors';
import { type Account, postgresAccount, postgresBinaries } from './postgres-binaries';
import { commandOf, ended, endWithUs } from './processes';

/** A running Postgres of ours. */
export interface Postgres {
  readonly address: DatabaseAddress;
  readonly pid: number;
  /** Resolves when the server process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Ends all sessions and stops the server; resolves when its process is gone (under 2 s). */
  stop(): Promise<void>;
}

/** Resident memory is per connection here: few connections, small buffers, no compiler. */
const SERVER_SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '32MB',
  max_connections: '60',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '256MB',
  jit: 'off',
  autovacuum_max_workers: '1',
  max_parallel_workers_per_gather: '0',
  io_method: 'sync',
  // Commits still reach the system's cache, so that kill -9 loses nothing; only a power cut could.
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'on',
} as const;
const USER = 'postgres';

/**
 * Starts Postgres on 127.0.0.1 with its data under `dir`, creating cluster and database at the first start. A server
 * that outlived a killed launcher on the same data is stopped first.
 * @param dir the caller's folder; the data lies in `dir`/postgres, or in the system's temporary folder where the
 * account that stands in for root cannot reach `dir`
 * @throws FatalError when the port is taken or the binaries do not run
 */
export async function startPostgres(options: { dir: string; port: number; database?: string }): Promise<Postgres> {
  const account = postgresAccount();
  const binaries = postgresBinaries(account);
  const data = postgresDataFolder(options.dir, account);
  const passwordFile = join(data, 'password');
  if (!existsSync(join(data, 'cluster', 'PG_VERSION'))) createCluster(binaries, data, account);
  const password = readFileSync(passwordFile, 'utf8');
  const cluster = join(data, 'cluster');
  await stopServer(binaries, cluster, account);

  const address = { host: '127.0.0.1', port: options.port, user: USER, password, database: options.database ?? 'dpin' };
  const child = await launch(binaries, cluster, options.port, account);
  try {
    await createDatabase(address);
  } catch (error) {
    child.kill('SIGQUIT');
    throw error;
  }
  const exited = ended(child);
  return {
    address,
    pid: child.pid as number,
    exited,
    stop: async () => {
      await stopServer(binaries, cluster, account);
      await exited;
    },
  };
}

/**
 * Removes what `startPostgres` keeps for `dir`, stopping a server that still runs on it.
 */
export async function removePostgres(dir: string): Promise<void> {
  const account = postgresAccount();
  for (const data of [join(resolve(dir), 'postgres'), outsideFolder(dir)]) {
    if (existsSync(join(data, 'cluster'))) await stopServer(postgresBinaries(account), join(data, 'cluster'), account);
    rmSync(data, { recursive: true, force: true });
  }
}

/** Stops a server that a killed launcher left on the data of `dir`. */
export async function stopLeftoverPostgres(dir: string): Promise<void> {
  const account = postgresAccount();
  for (const data of [join(resolve(dir), 'postgres'), outsideFolder(dir)]) {
    const cluster = join(data, 'cluster');
    if (isServerAlive(cluster)) await stopServer(postgresBinaries(account), cluster, account);
  }
}

/** Where the data of `dir` lies for this account; made when missing. */
function postgresDataFolder(dir: string, account: Account): string {
  const inside = join(resolve(dir), 'postgres');
  mkdirSync(dirname(inside), { recursive: true });
  const data = isReachable(inside, account) ? inside : outsideFolder(dir);
  mkdirSync(data, { recursive: true });
  return own(data, account);
}

function outsideFolder(dir: string): string {
  return join(tmpdir(), `dpin-postgres-data-${createHash('sha256').update(resolve(dir)).digest('hex').slice(0, 16)}`);
}

function own(folder: string, account: Account): string {
  if (account.uid !== undefined) chownSync(folder, account.uid, account.gid as number);
  chmodSync(folder, 0o700);
  return folder;
}

/** Another account passes a folder only by its group or others bits; ours passes anyway. */
function isReachable(folder: string, account: Account): boolean {
  if (account.uid === undefined) return true;
  for (let path = dirname(folder); ; path = dirname(path)) {
    const { mode, uid } = statSync(path);
    if (uid !== account.uid && (mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

function createCluster(binaries: string, data: string, account: Account): void {
  const cluster = join(data, 'cluster');
  const passwordFile = join(data, 'password');
  rmSync(cluster, { recursive: true, force: true });
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (account.uid !== undefined) chownSync(passwordFile, account.uid, account.gid as number);
  const args = ['-D', cluster, '-U', USER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8'];
  const result = spawnSync(join(binaries, 'bin', 'initdb'), [...args, '--locale=C', '--no-sync'], {
    ...account,
    cwd: '/',
    encoding: 'utf8',
  });
  if (result.status === 0) return;
  rmSync(cluster, { recursive: true, force: true });
  throw new FatalError('Postgres could not create its data folder', (result.stderr || String(result.error)).trim(), {
    data,
  });
}

/** Starts the server; after a kill -9 the system may need a moment to give its shared memory back. */
async function launch(binaries: string, cluster: string, port: number, account: Account): Promise<ChildProcess> {
  const args = ['-D', cluster, '-p', String(port)];
  for (const [name, value] of Object.entries(SERVER_SETTINGS)) args.push('-c', `${name}=${value}`);
  for (let attempt = 0; ; attempt++) {
    // A group of its own, so that Ctrl-C on the terminal reaches only the supervisor, which stops things in order.
    const child = spawn(join(binaries, 'bin', 'postgres'), args, {
      ...account,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    const failure = await readiness(child);
    if (failure === undefined) {
      child.stderr.resume();
      endWithUs(child, 'INT');
      return child;
    }
    if (/Address already in use|could not bind/.test(failure)) {
      throw new FatalError(`Port ${port} is taken`, 'Postgres needs it: free it or choose another.', { port });
    }
    if (attempt >= 20 || !/shared memory|lock file/.test(failure)) {
      throw new FatalError('Postgres does not start', failure.trim().split('\n').slice(-3).join(' '), { cluster });
    }
    await sleep(250);
  }
}

/** undefined once the server accepts connections, its last words when it ends first. */
function readiness(child: ChildProcess): Promise<string | undefined> {
  return new Promise((done) => {
    let text = '';
    const read = (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-8_000);
      if (!text.includes('ready to accept connections')) return;
      child.stderr?.off('data', read);
      done(undefined);
    };
    child.stderr?.on('data', read);
    child.once('error', (error) => done(error.message));
    child.once('exit', () => done(text || 'it ended without a word'));
  });
}

async function createDatabase(address: DatabaseAddress): Promise<void> {
  const client = new Client({ ...address, database: 'postgres' });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [address.database]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(address.database)}`);
  } finally {
    await client.end();
  }
}

/** Stops whatever server runs on the cluster: fast first, and at once when that takes over a second. */
async function stopServer(binaries: string, cluster: string, account: Account): Promise<void> {
  for (const mode of ['fast', 'immediate']) {
    if (!isServerAlive(cluster)) return;
    await new Promise<void>((done) => {
      const args = ['stop', '-D', cluster, '-m', mode, '-t', '1', '-s'];
      spawn(join(binaries, 'bin', 'pg_ctl'), args, { ...account, cwd: '/', stdio: 'ignore' })
        .once('exit', () => done())
        .once('error', () => done());
    });
  }
  for (let attempt = 0; attempt < 20 && isServerAlive(cluster); attempt++) await sleep(100);
  if (isServerAlive(cluster)) throw new RetryableError('Postgres does not stop', { cluster });
}

/** The lock file names a process; after a crash or a reboot that may be gone or be something else. */
function isServerAlive(cluster: string): boolean {
  const lock = join(cluster, 'postmaster.pid');
  if (!existsSync(lock)) return false;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  return commandOf(pid)?.includes('postgres') ?? false;
}
