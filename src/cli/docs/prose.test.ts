import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PROJECT_ROOT } from '../../runtime/project';

const filesUnder = (folder: string, ending: string) =>
  readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(PROJECT_ROOT, folder, name));
const read = (...path: string[]) => readFileSync(join(PROJECT_ROOT, ...path), 'utf8');

describe('prose of the pages', () => {
  const ownPages = ['README.md', 'CONTRIBUTING.md', 'circuits/README.md'].map((name) => join(PROJECT_ROOT, name));
  const pages = [...filesUnder('docs', '.md'), ...ownPages]
    .map((page) => relative(PROJECT_ROOT, page))
    // Its hash is on-chain.
    .filter((page) => page !== join('docs', 'methodology.md'));

  it.each(pages)('has no line above 120 columns in %s', (page) => {
    const prose = read(page).replaceAll(/^ *```.*?^ *```$/gms, '');
    const long = prose.split('\n').filter((line) => line.length > 120 && !line.startsWith('|'));
    expect(long).toEqual([]);
  });
});

it('quotes in docs/guide/running.md only log lines that a program writes', () => {
  const source = filesUnder('src', '.ts')
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  // A line of the log is more than one word of plain text; GraphQL, commands and states in tables are not.
  const cells = read('docs', 'guide', 'running.md').match(/^\|.*$/gm)!;
  const lines = cells.flatMap((cell) => [...cell.matchAll(/`([A-Za-z]+ [a-zA-Z ,;]+)`/g)].map(([, line]) => line!));
  const logged = lines.filter((line) => !line.startsWith('npm '));
  expect(logged.length).toBeGreaterThan(10);
  expect(logged.filter((line) => !source.includes(`'${line}`))).toEqual([]);
});

it('explains in the glossary every word that the protocol and the README have in italics', () => {
  const terms = [...read('docs', 'glossary.md').matchAll(/^\| \*\*(.+?)\*\*/gm)].map(([, term]) => term!);
  const pages = filesUnder('docs/protocol', '.md').map((page) => readFileSync(page, 'utf8'));
  const italics = [...pages, read('README.md')].flatMap((page) => [...page.matchAll(/(?<!\*)\*(\w[\w ]*)\*(?!\*)/g)]);
  const words = italics.map(([, word]) => word!);
  expect(words.length).toBeGreaterThan(15);
  const isExplained = (word: string) =>
    [word, word.replace(/s$/, ''), word.replace(/es$/, '')].some((form) => terms.includes(form));
  expect(words.filter((word) => !isExplained(word))).toEqual([]);
});
