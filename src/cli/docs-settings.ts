import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { envExample, settingsPage } from '../config/document';
import { PROJECT_ROOT } from '../runtime/project';

writeFileSync(join(PROJECT_ROOT, '.env.example'), envExample());
writeFileSync(join(PROJECT_ROOT, 'docs', 'settings.md'), settingsPage());
