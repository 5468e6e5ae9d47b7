import { settings } from './settings';

interface Row {
  default?: string;
  description: string;
  example: string;
  secret?: true;
  processes: readonly string[];
}
const rows = Object.entries(settings) as [string, Row][];

/** Text of .env.example: every setting with its description; optional ones commented out with their default. */
export function envExample(): string {
  const lines = rows.flatMap(([name, row]) => [
    `# ${row.description} Read by: ${row.processes.join(', ')}.`,
    row.default === undefined ? `${name}=${row.secret ? '' : row.example}` : `# ${name}=${row.default}`,
    '',
  ]);
  return ['# Written from src/config/settings.ts by `npm run docs:settings`.', '', ...lines].join('\n');
}

/** Text of docs/settings.md: one table of all settings. */
export function settingsPage(): string {
  const table = rows.map(([name, row]) => {
    const value = row.default === undefined ? '**required**' : row.default === '' ? 'none' : `\`${row.default}\``;
    return `| \`${name}\` | ${row.description}${row.secret ? ' Secret: never logged.' : ''} | ${value} | ${row.processes.join(', ')} |`;
  });
  return [
    '# Settings',
    '',
    'Written from `src/config/settings.ts` by `npm run docs:settings`. Each process reads the environment; `npm start` sets all of these itself.',
    '',
    '| setting | meaning | default | read by |',
    '|---|---|---|---|',
    ...table,
    '',
  ].join('\n');
}
