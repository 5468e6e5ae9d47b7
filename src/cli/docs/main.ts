import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../runtime/project';
import { GENERATED_PAGES } from './pages';

async function main(): Promise<void> {
  for (const { path, text } of GENERATED_PAGES) writeFileSync(join(PROJECT_ROOT, path), await text());
}

void main();
