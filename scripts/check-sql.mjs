/**
 * SQL over tables lies in the stores and, read-only, in the API: fails when a text elsewhere in src begins a statement.
 * Run by `npm run lint`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const ALLOWED = ['oracle/store', 'indexer/store', 'server-extension'];
const STATEMENT = /['"`]\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|WITH \w+ AS)\s/g;
const source = join(import.meta.dirname, '..', 'src');

const files = readdirSync(source, { recursive: true })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => file.endsWith('.ts') && !ALLOWED.some((folder) => file.startsWith(`${folder}/`)));
const problems = files.flatMap((file) => {
  const text = readFileSync(join(source, file), 'utf8');
  const lineOf = (index) => text.slice(0, index).split('\n').length;
  return [...text.matchAll(STATEMENT)].map(({ index }) => `src/${file}:${lineOf(index)}`);
});
if (files.length === 0) problems.push('no files found');
for (const problem of problems) console.error(`${problem}: SQL belongs into ${ALLOWED.join(', ')}`);
process.exitCode = problems.length > 0 ? 1 : 0;
