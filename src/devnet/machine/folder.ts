import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FatalError } from '../../runtime/errors';
import { stopLeftoverAnvil } from './anvil';
import { removePostgres } from './postgres';
import { commandOf } from './processes';

/** Where a devnet keeps its things. */
export interface DevnetFolder {
  readonly root: string;
  readonly deployment: string;
  readonly logs: string;
  readonly journals: string;
  /** Lets others start here again. */
  release(): void;
}

/** Names that a devnet makes; a folder with anything else in it is not one. */
const KNOWN = new Set([
  'chain',
  'postgres',
  'logs',
  'journals',
  'evidence',
  'turns',
  'settings.env',
  'deployment.json',
  'deployment.json.new',
  'devnet.pid',
]);

/**
 * Claims the folder for this process, making it when missing.
 * @throws FatalError when another devnet runs in it, or it holds files of something else
 */
export function claimFolder(path: string): DevnetFolder {
  const root = resolve(path);
  refuseForeign(root);
  mkdirSync(root, { recursive: true, mode: 0o755 });
  const lock = join(root, 'devnet.pid');
  refuseRunning(root);
  writeFileSync(lock, String(process.pid));
  const journals = join(root, 'journals');
  mkdirSync(journals, { recursive: true });
  return {
    root,
    deployment: join(root, 'deployment.json'),
    logs: join(root, 'logs'),
    journals,
    release: () => rmSync(lock, { force: true }),
  };
}

/**
 * Removes a devnet's chain, database and logs, and ends what a killed devnet may have left running there.
 * @returns false when there was none
 * @throws FatalError when the devnet runs, or the folder is not a devnet's
 */
export async function forgetDevnet(path: string): Promise<boolean> {
  const root = resolve(path);
  if (!existsSync(root)) return false;
  refuseForeign(root);
  refuseRunning(root);
  await stopLeftoverAnvil(root);
  await removePostgres(root);
  rmSync(root, { recursive: true, force: true });
  return true;
}

/** Whether a process that is not this one runs the devnet of a folder. */
export function isDevnetRunning(root: string): boolean {
  return runningIn(root) !== undefined;
}

/** Its id. */
function runningIn(root: string): number | undefined {
  const lock = join(root, 'devnet.pid');
  if (!existsSync(lock)) return undefined;
  const pid = Number(readFileSync(lock, 'utf8'));
  // After a crash the id may belong to anything; a devnet shows in its command line.
  return pid !== process.pid && /dpin|jest/.test(commandOf(pid) ?? '') ? pid : undefined;
}

function refuseRunning(root: string): void {
  const pid = runningIn(root);
  if (pid === undefined) return;
  throw new FatalError(
    `A devnet already runs in ${root} (process ${pid})`,
    'Stop it with Ctrl-C there, or set DEVNET_DIR to another folder.',
  );
}

function refuseForeign(root: string): void {
  const foreign = existsSync(root) ? readdirSync(root).find((name) => !KNOWN.has(name)) : undefined;
  if (foreign === undefined) return;
  throw new FatalError(
    `DEVNET_DIR: ${root} holds ${JSON.stringify(foreign)}, which is not a devnet's`,
    'Point DEVNET_DIR at an empty folder or a devnet, for example DEVNET_DIR=.devnet',
  );
}
