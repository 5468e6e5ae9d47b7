import { type ProcessName, readSetting, SETTINGS, type SettingName, settingsRead } from '../../config/settings';
import { FatalError } from '../../runtime/errors';
import type { Checkup, Finding } from '../checkup';

const NODE_SIGNS = ['NODE_ID', 'ORACLE_URL'] as const;
const DATABASE_SIGNS = ['DB_HOST', 'DB_PORT', 'DB_NAME', 'DB_USER', 'DB_PASS'] as const;
/** Shorter names are too much like each other. */
const SHORTEST_NAME = 5;

/** What this machine is set up for: the programs that share a database, a node, or both. */
export interface Roles {
  database: boolean;
  node: boolean;
}

/** Roles by what is set; with nothing set, the programs of the database, so that what they lack is named. */
export function rolesOf(env: NodeJS.ProcessEnv): Roles {
  const node = NODE_SIGNS.some((name) => env[name] !== undefined);
  return { node, database: !node || DATABASE_SIGNS.some((name) => env[name] !== undefined) };
}

/** Do the settings of each process parse, and is one misspelt? */
export function checkSettings(checkup: Checkup, env: NodeJS.ProcessEnv, roles: Roles): void {
  const processes: ProcessName[] = [
    ...(roles.database ? (['indexer', 'api', 'oracle'] as const) : []),
    ...(roles.node ? (['node'] as const) : []),
  ];
  for (const process of processes) checkup.check(`settings ${process}`, [], () => parsed(process, env));
  checkup.check('settings names', [], () => spelt(env));
}

function parsed(process: ProcessName, env: NodeJS.ProcessEnv): Finding {
  const names = settingsRead(process);
  const problems = names.flatMap((name) => {
    try {
      readSetting(name, env);
      return [];
    } catch (error) {
      if (error instanceof FatalError) return [error];
      throw error;
    }
  });
  if (problems.length > 0) {
    return {
      status: 'fail',
      found: problems.map(({ message }) => message).join('; '),
      mend: problems.map(({ advice }) => advice).join(' '),
    };
  }
  const set = names.filter((name) => env[name] !== undefined).length;
  return { status: 'ok', found: `${set} set, ${names.length - set} by default` };
}

function spelt(env: NodeJS.ProcessEnv): Finding {
  const alike = misspelt(env);
  if (alike.length === 0) return { status: 'ok', found: 'none is misspelt' };
  return {
    status: 'warn',
    found: alike.map(({ given, meant }) => `${given} is no setting and is not read; ${meant} is one`).join('; '),
    mend: `Rename it: ${alike.map(({ given, meant }) => `${given} to ${meant}`).join(', ')}.`,
  };
}

/** Variables that nothing reads, each with the setting whose name is like it and is not set. */
export function misspelt(env: NodeJS.ProcessEnv): { given: string; meant: SettingName }[] {
  const names = Object.keys(SETTINGS) as SettingName[];
  const absent = names.filter((name) => env[name] === undefined && name.length >= SHORTEST_NAME);
  return Object.keys(env)
    .filter((given) => !Object.hasOwn(SETTINGS, given))
    .flatMap((given) => {
      const meant = absent.find((name) => isLike(given.toUpperCase(), name));
      return meant ? [{ given, meant }] : [];
    });
}

/** True for the same name with something behind it, and for one with a single letter wrong, missing, added or moved. */
function isLike(given: string, name: string): boolean {
  if (given.startsWith(name)) return true;
  let same = 0;
  while (same < name.length && given[same] === name[same]) same++;
  const [left, meant] = [given.slice(same), name.slice(same)];
  const swapped = `${left[1] ?? ''}${left[0] ?? ''}${left.slice(2)}`;
  return left.slice(1) === meant.slice(1) || left === meant.slice(1) || left.slice(1) === meant || swapped === meant;
}
