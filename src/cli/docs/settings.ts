import { SETTINGS } from '../../config/settings';
import { referencePage, table } from './page';

interface Row {
  default?: string;
  description: string;
  example: string;
  secret?: true;
  processes: readonly string[];
}
const rows = Object.entries(SETTINGS) as [string, Row][];

/** Text of .env.example: every setting with its description; optional ones commented out with their default. */
export function envExample(): string {
  const lines = rows.flatMap(([name, row]) => [
    `# ${row.description} Read by: ${row.processes.join(', ')}.`,
    row.default === undefined ? `${name}=${row.secret ? '' : row.example}` : `# ${name}=${row.default}`,
    '',
  ]);
  return ['# Written from src/config/settings.ts by `npm run docs`.', '', ...lines].join('\n');
}

/** Text of docs/reference/settings.md: one table of all settings. */
export function settingsPage(): string {
  return referencePage(
    'Settings',
    '`src/config/settings.ts`',
    'Each process reads its settings from the environment. `npm start` sets all of them itself.',
    table(
      ['setting', 'meaning', 'default', 'example', 'read by'],
      rows.map(([name, row]) => [
        `\`${name}\``,
        `${row.description}${row.secret ? ' Secret: never logged.' : ''}`,
        defaultOf(row),
        `\`${row.example}\``,
        row.processes.join(', '),
      ]),
    ),
  );
}

function defaultOf(row: Row): string {
  if (row.default === undefined) return '**required**';
  return row.default === '' ? 'none' : `\`${row.default}\``;
}
