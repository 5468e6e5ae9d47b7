import { SETTINGS } from '../../config/settings';
import type { CommandInfo } from '../command';
import { COMMANDS, GROUPS } from '../commands';
import { referencePage, table } from './page';

/** Text of docs/reference/commands.md: every command meant for people, by group. */
export function commandsPage(): string {
  const shown = COMMANDS.filter(({ hidden }) => !hidden);
  const groups = Object.entries(GROUPS).filter(([group]) => shown.some((command) => command.group === group));
  return referencePage(
    'Commands',
    '`src/cli/commands`',
    '`npx dpin <group> <verb>`, or the short name where there is one, in the project’s folder after `npm run build`. ' +
      '`--help` works everywhere. Exit codes: 0 done or told to stop, 1 a person must mend something, 2 an audit found ' +
      'differences, 75 starting again may help.',
    table(
      ['command', 'short', 'what it does'],
      shown.map((command) => [
        `[\`${fullName(command)}\`](#${fullName(command).replaceAll(' ', '-')})`,
        command.name ? `\`dpin ${command.name}\`` : '–',
        command.summary,
      ]),
    ),
    ...groups.flatMap(([group, about]) => [
      `## ${about}`,
      ...shown.filter((command) => command.group === group).flatMap(sectionOf),
    ]),
  );
}

function sectionOf(command: CommandInfo): string[] {
  return [
    `### ${fullName(command)}`,
    `${command.summary}. ${command.help}`,
    `\`\`\`sh\n${command.example}\n\`\`\``,
    ...(command.options.length > 0 ? [optionsOf(command)] : []),
    ...(command.settings ? [`Settings: ${settingsOf(command.settings)}.`] : []),
  ];
}

function optionsOf({ options }: CommandInfo): string {
  return table(
    ['option', 'meaning', 'without it'],
    options.map((option) => [`\`${option.flags}\``, option.description, option.default ?? '**required**']),
  );
}

/** Names of what the process reads from the environment, required ones first and bold. */
function settingsOf(process: string): string {
  const rows = Object.entries(SETTINGS as Record<string, { default?: string; processes: readonly string[] }>);
  const read = rows.filter(([, { processes }]) => processes.includes(process));
  const required = read.filter(([, row]) => row.default === undefined).map(([name]) => `**\`${name}\`**`);
  const others = read.filter(([, row]) => row.default !== undefined).map(([name]) => `\`${name}\``);
  return `${[...required, ...others].join(', ')} ([all settings](settings.md); bold ones are required)`;
}

function fullName({ group, verb }: CommandInfo): string {
  return `dpin ${group} ${verb}`;
}
