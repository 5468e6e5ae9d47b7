/** A file that is written from the code, never by hand. */
export interface GeneratedPage {
  /** From the root of the project. */
  path: string;
  /** The whole text of the file. */
  text(): string | Promise<string>;
}

/** A reference page: its title, where its facts come from, and its parts, a blank line between each two. */
export function referencePage(title: string, source: string, ...parts: string[]): string {
  const origin = `Written from ${source} by \`npm run docs\`; do not edit.`;
  return `${[`# ${title}`, origin, ...parts].map(wrapped).join('\n\n')}\n`;
}

/** Prose in lines of at most 120 columns that break no code span; headings, tables and code stay as they are. */
function wrapped(part: string): string {
  if (/^(?:#|\||```)/.test(part)) return part;
  const unbroken = part.replaceAll(/`[^`]*`/g, (span) => span.replaceAll(' ', '\0'));
  return unbroken
    .replaceAll(/(.{1,120})(?: +|$)/gm, '$1\n')
    .trimEnd()
    .replaceAll('\0', ' ');
}

/** A Markdown table; a vertical bar inside a cell would end it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** A mermaid diagram, which GitHub and most editors draw. */
export function diagram(lines: readonly string[]): string {
  return ['```mermaid', ...lines, '```'].join('\n');
}
