import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../runtime/project';
import { GENERATED_PAGES } from './pages';

for (const { path, text } of GENERATED_PAGES) writeFileSync(join(PROJECT_ROOT, path), text());
