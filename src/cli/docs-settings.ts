import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { envExample, settingsPage } from '../config/document';

const root = join(__dirname, '..', '..');
writeFileSync(join(root, '.env.example'), envExample());
writeFileSync(join(root, 'docs', 'settings.md'), settingsPage());
