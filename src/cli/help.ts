import { SETTINGS } from '../config/settings';
import type { CommandInfo } from './command';

interface Setting {
  description: string;
  default?: string;
  processes: readonly string[];
}

/** What stands below usage and options in the help of a command: its settings, an example and its short name. */
export function footOf(command: CommandInfo): string {
  const read = (Object.entries(SETTINGS) as [string, Setting][]).filter(
    ([, { processes }]) => command.settings !== undefined && processes.includes(command.settings),
  );
  const rows = read.map(([name, { description, default: value }]): [string, string] => {
    const note = value === undefined ? '(required)' : value === '' ? '' : `(default ${value})`;
    return [name, `${description} ${note}`.trim()];
  });
  return [
    ...(rows.length > 0 ? ['', 'Settings, read from the environment:', ...columns(rows)] : []),
    '',
    'Example:',
    `  ${command.example}`,
    ...(command.name ? ['', `Short: dpin ${command.name}`] : []),
  ].join('\n');
}

/** What `dpin --help` lists. */
export function listOf(commands: readonly CommandInfo[]): string {
  const rows = commands
    .filter(({ hidden }) => !hidden)
    .map(({ group, verb, name, summary }): [string, string] => [
      `${group} ${verb}`,
      name ? `${summary}; short: dpin ${name}` : summary,
    ]);
  return [
    '',
    'Commands:',
    ...columns(rows),
    '',
    'dpin <group> <verb> --help tells more of one, for example: dpin devnet smoke --help',
  ].join('\n');
}

function columns(rows: readonly [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
