import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { isDevnetRunning } from './folder';

/** Settings of a devnet as a shell takes them: `set -a; . .devnet/settings.env`. */
const NAME = 'settings.env';

/** Writes down the settings by which a command on this machine finds the devnet; they hold the database's password. */
export function writeSettings(root: string, settings: Readonly<Record<string, string>>): void {
  const file = join(root, NAME);
  // A file that is there keeps its mode.
  rmSync(file, { force: true });
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
}

/** The settings of the devnet in a folder; undefined unless it runs. */
export function devnetSettings(path: string): { folder: string; settings: Record<string, string> } | undefined {
  const folder = resolve(path);
  const file = join(folder, NAME);
  if (!existsSync(file) || !isDevnetRunning(folder)) return undefined;
  const settings = Object.entries(parseEnv(readFileSync(file, 'utf8'))).filter(([, value]) => value !== undefined);
  return { folder, settings: Object.fromEntries(settings) as Record<string, string> };
}
