// Names what the API takes from those who use it: compares the schema that this code serves with that of another commit,
// docs/reference/schema.graphql there. Run by `npm run api:check`; `-- --base REF` names the commit, otherwise it is
// origin/main where there is one, else HEAD. Exit codes: 0 nothing breaks, 1 it could not be compared, 2 something breaks.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const { SCHEMA_FILE, schemaText } = require('../lib/cli/docs/schema.js');
const { schemaChanges } = require('../lib/cli/docs/schema-changes.js');

process.chdir(join(import.meta.dirname, '..'));

/** Output of git, or undefined when it fails. */
function git(...args) {
  try {
    return execFileSync('git', args, { encoding: 'utf8', maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

const isCommit = (ref) => git('rev-parse', '--verify', '--quiet', `${ref}^{commit}`) !== undefined;
const [flag, given] = process.argv.slice(2);
const base = flag === '--base' ? given : isCommit('origin/main') ? 'origin/main' : 'HEAD';

if ((flag !== undefined && flag !== '--base') || !base || !isCommit(base)) {
  console.error(`There is no commit ${base ?? ''} to compare with: name one, as in npm run api:check -- --base HEAD~1`);
  process.exit(1);
}
const before = git('show', `${base}:${SCHEMA_FILE}`);
if (before === undefined) {
  console.log(`${base} has no ${SCHEMA_FILE}: nothing to compare with`);
  process.exit(0);
}
const { breaking, dangerous } = schemaChanges(before, await schemaText());
for (const change of dangerous) console.log(`may surprise: ${change}`);
for (const change of breaking) console.log(`breaks: ${change}`);
if (breaking.length === 0) console.log(`nothing breaks for those who ask by the schema of ${base}`);
process.exit(breaking.length === 0 ? 0 : 2);
