/** Hostile queries are made of these. */

export const times = (count: number, part: (i: number) => string, separator = ' '): string =>
  Array.from({ length: count }, (_, i) => part(i)).join(separator);

/** `fields` inside so many levels of nodes and their operators, each with so many rows. */
export function nested(levels: number, rows: number): string {
  let text = '{ id }';
  for (let level = levels - 1; level > 0; level--) {
    const isRow = level % 2 === 0;
    text = `{ ${isRow ? 'operator' : `nodes(limit: ${rows})`} ${text} }`;
  }
  return `{ accounts(limit: ${rows}) ${text} }`;
}

/** Fragments of which each holds the next one twice: 2^levels fields. */
export function doubling(levels: number): string {
  const fragments = times(levels, (i) => `fragment f${i} on GpuNode { id ...f${i + 1} ...f${i + 1} }`, '\n');
  return `{ gpuNodes(limit: 1) { ...f0 } }\n${fragments}\nfragment f${levels} on GpuNode { id }`;
}

/** Nodes by their activities, by the nodes of these, and so on: each level looks through a table for every row. */
export function relations(levels: number, field = 'activities_some'): string {
  let filter = '{ amount_eq: "1" }';
  for (let level = levels; level > 0; level--) {
    filter = `{ ${field}: ${level === levels ? filter : `{ node: ${filter} }`} }`;
  }
  return `activities(limit: 5, where: { node: ${filter} }) { id }`;
}

export function conjunction(levels: number): string {
  return `{ gpuNodes(limit: 1, where: ${'{ AND: '.repeat(levels)}{ id_eq: "x" }${' }'.repeat(levels)}) { id } }`;
}
