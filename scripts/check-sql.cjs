/**
 * SQL over tables lies in the stores, read-only in the API, and in the bench that fills tables for it; no statement
 * names a schema: the connection's search path does. Looks into the strings and templates of src, so comments and code
 * never match.
 * Run by `npm run lint`.
 */
const { readdirSync, readFileSync } = require('node:fs');
const { join, sep } = require('node:path');
const ts = require('typescript');

const ALLOWED = ['database/', 'oracle/store/', 'indexer/store/', 'server-extension/', 'bench/api/'];
/** Creates the database itself, before there are tables. */
const MAKES_THE_DATABASE = 'devnet/machine/postgres.ts';
const STATEMENTS = [
  /\bselect\b[\s\S]+\bfrom\b/i,
  /\binsert\s+into\b/i,
  /\bupdate\b[\s\S]+\bset\b/i,
  /\bdelete\s+from\b/i,
  /\btruncate\s+(table\s+)?[\w"?]/i,
  /\b(drop|alter|create|lock)\s+(temp\w*\s+|unlogged\s+|unique\s+)?(table|index|schema|view|type|database)\b/i,
  /\bcopy\b[\s\S]+\b(from\s+(stdin|program|'|\?)|to\s+(stdout|program|'|\?))/i,
];
const SCHEMA = /\b(oracle|public)"?\s*\.\s*"?[a-z_]\w*/i;

/** Texts of a source with the places where they start; what a template inserts reads as a question mark. */
function textsOf(source) {
  const texts = [];
  const visit = (node) => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) texts.push([node.text, node]);
    if (ts.isTemplateExpression(node)) {
      texts.push([
        [node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join('?'),
        node,
      ]);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts.map(([text, node]) => ({
    text,
    line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
  }));
}

/**
 * What is wrong with the SQL of one file, a line each.
 * @param {string} file path below src, with slashes
 * @param {string} code its content
 * @returns {string[]}
 */
function sqlProblems(file, code) {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest);
  return textsOf(source).flatMap(({ text, line }) => {
    if (!STATEMENTS.some((statement) => statement.test(text))) return [];
    const problems = [];
    const isAllowed = file === MAKES_THE_DATABASE || ALLOWED.some((folder) => file.startsWith(folder));
    if (!isAllowed) problems.push(`src/${file}:${line}: SQL belongs into ${ALLOWED.join(', ')}`);
    if (SCHEMA.test(text)) problems.push(`src/${file}:${line}: a statement names no schema, its connection does`);
    return problems;
  });
}

module.exports = { sqlProblems };

if (require.main === module) {
  const root = join(__dirname, '..', 'src');
  const files = readdirSync(root, { recursive: true })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => file.endsWith('.ts'));
  const problems = files.flatMap((file) => sqlProblems(file, readFileSync(join(root, file), 'utf8')));
  if (files.length === 0) problems.push('no files found');
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
