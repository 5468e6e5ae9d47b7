import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PROJECT_ROOT } from '../../runtime/project';

const docs = readdirSync(join(PROJECT_ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => join(PROJECT_ROOT, 'docs', name));
const pages = [...docs, ...['README.md', 'CONTRIBUTING.md'].map((name) => join(PROJECT_ROOT, name))];

/** Names that a link may point at within a page, made from its headings as GitHub makes them. */
function headings(page: string): string[] {
  return [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isBroken(page: string, link: string): boolean {
  const [file, heading] = link.split('#');
  const target = file ? join(dirname(page), file) : page;
  if (!existsSync(target)) return true;
  return heading !== undefined && !headings(target).includes(heading);
}

it.each(pages.map((page) => [relative(PROJECT_ROOT, page), page]))('finds no broken link in %s', (_, page) => {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  expect(links.filter((link) => !/^[a-z]+:/.test(link) && isBroken(page, link))).toEqual([]);
});

it('finds every file and folder that CONTRIBUTING.md names', () => {
  const text = readFileSync(join(PROJECT_ROOT, 'CONTRIBUTING.md'), 'utf8');
  // A place to fill in, as in handlers/<contract>/<event>.ts, ends what can be checked.
  const named = [...text.matchAll(/`((?:abi|circuits|contracts|db|docs|src|test)\/[^`\s]*)`/g)].map(([, path]) =>
    path!.replace(/[^/]*[<*].*$/, ''),
  );
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(join(PROJECT_ROOT, path)))).toEqual([]);
});

it('finds every name that a page says is in a file', () => {
  const named = pages.flatMap((page) => [
    ...readFileSync(page, 'utf8').matchAll(/`([\w.]+)` (?:in|of) `([\w./-]+\.(?:cjs|graphql|ts))`/g),
  ]);
  expect(named.length).toBeGreaterThan(2);
  const isThere = (name: string, file: string) => {
    const code = readFileSync(join(PROJECT_ROOT, file), 'utf8').replaceAll(/\/\*.*?\*\/|\/\/.*?$/gms, '');
    return name.split('.').every((part) => new RegExp(`\\b${part}\\b`).test(code));
  };
  expect(named.filter(([, name, file]) => !isThere(name!, file!)).map(([words]) => words)).toEqual([]);
});
