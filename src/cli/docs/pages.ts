import { commandsPage } from './commands';
import { framesPage } from './frames';
import { metricsPage } from './metrics';
import type { GeneratedPage } from './page';
import { queriesPage } from './queries/page';
import { roomsPage } from './rooms';
import { SCHEMA_FILE, schemaText } from './schema';
import { envExample, settingsPage } from './settings';
import { verdictsPage } from './verdicts';

/** Every generated page; `npm run docs` writes them, a test compares them. */
export const GENERATED_PAGES: readonly GeneratedPage[] = [
  { path: '.env.example', text: envExample },
  { path: 'docs/reference/settings.md', text: settingsPage },
  { path: 'docs/reference/commands.md', text: commandsPage },
  { path: 'docs/reference/verdicts.md', text: verdictsPage },
  { path: 'docs/reference/frames.md', text: framesPage },
  { path: 'docs/reference/metrics.md', text: metricsPage },
  { path: 'docs/reference/rooms.md', text: roomsPage },
  { path: 'docs/reference/queries.md', text: queriesPage },
  { path: SCHEMA_FILE, text: schemaText },
];
