import { getIntrospectionQuery } from 'graphql';
import type { Attack } from './attacker';
import { conjunction, doubling, nested, times } from './texts';

const INTROSPECTION = getIntrospectionQuery();
const ofType = (levels: number): string => (levels === 0 ? 'name' : `name ofType { ${ofType(levels - 1)} }`);

/** Documents that are large, deep or repetitive, or whose answer is. */
const QUERIES: Record<string, string> = {
  'nesting 10 levels deep': nested(10, 1),
  'nesting 5000 levels deep': `{ gpuNodes ${'{ operator { nodes '.repeat(2_500)} { id } ${'} }'.repeat(2_500)} }`,
  'nesting 8 levels deep, many rows': nested(8, 8),
  '1000 roots': `{ ${times(1_000, (i) => `a${i}: gpuNodes(limit: 1) { id }`)} }`,
  '20 × explainScore': `{ ${times(20, (i) => `a${i}: explainScore(nodeId: ${i}, epochs: 20) { words epochs { words challenges { reason facts numbers } } }`)} }`,
  '20 × challenges, 100 rows': `{ ${times(20, (i) => `a${i}: challenges(nodeId: ${i}, limit: 100) { round reason numbers facts taskSeed }`)} }`,
  '20 × transcripts, 100 rows': `{ ${times(20, (i) => `a${i}: transcripts(epoch: ${9_900 + i}, limit: 100) { round document }`)} }`,
  '900 lists in a row': `{ gpuNodes(limit: 1) { ${times(900, (i) => `a${i}: shards(limit: 1) { id }`)} } }`,
  'limit 10^9': '{ gpuNodes(limit: 1000000000) { id } }',
  'limit 2^31 - 1, all fields': '{ activities(limit: 2147483647) { id txHash node { id } account { id } } }',
  'limit 20000': '{ activities(limit: 20000) { id } }',
  'limit 19000, one field': '{ activities(limit: 19000) { amount } }',
  'limit null': '{ gpuNodes(limit: null) { id } }',
  'first 20000': '{ activitiesConnection(orderBy: id_ASC, first: 20000) { edges { node { id } } } }',
  'first 10^6': '{ gpuNodesConnection(orderBy: id_ASC, first: 1000000) { edges { node { id } } } }',
  'limit -1': '{ gpuNodes(limit: -1) { id } }',
  'offset -1': '{ gpuNodes(offset: -1) { id } }',
  'AND nested 200 deep': conjunction(200),
  'AND nested 2500 deep': conjunction(2_500),
  'OR of 1500': `{ gpuNodes(limit: 1, where: { ${times(1_500, (i) => `OR: { id_eq: "${i}"`)} ${'}'.repeat(1_500)} }) { id } }`,
  'id_in 3000': `{ gpuNodes(limit: 1, where: { id_in: [${times(3_000, (i) => `"${i}"`)}] }) { id } }`,
  introspection: INTROSPECTION,
  'introspection, spread out': INTROSPECTION.replaceAll(/\s+/g, '\n \t\r\n,,, '),
  'introspection in one line': INTROSPECTION.replaceAll(/\s+/g, ' '),
  'introspection, types 7 levels deep': `{ __schema { types { fields { type { ${ofType(7)} } args { type { ${ofType(7)} } } } } } }`,
  'introspection bomb': `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`,
  '20 × __schema': `{ ${times(20, (i) => `a${i}: __schema { types { name fields { name description } } }`)} }`,
  '200 × __type': `{ ${times(200, (i) => `a${i}: __type(name: "GpuNode") { fields { name args { name } } }`)} }`,
  ...Object.fromEntries([20, 22, 25, 30, 60].map((levels) => [`fragments doubling ${levels} times`, doubling(levels)])),
  'fragments in a circle': '{ gpuNodes { ...a } } fragment a on GpuNode { ...b } fragment b on GpuNode { ...a }',
  '500 fragments, all unused': `{ gpuNodes(limit: 1) { id } } ${times(500, (i) => `fragment f${i} on GpuNode { id }`)}`,
  '8000 times the same field': `{ gpuNodes(limit: 1) { ${times(8_000, () => 'id')} } }`,
  '1900 times the same field': `{ gpuNodes(limit: 1) { ${times(1_900, () => 'id')} } }`,
  '3000 times the same root': `{ ${times(3_000, () => 'network { id }')} }`,
  '3000 directives': `{ gpuNodes(limit: 1) { id ${times(3_000, () => '@include(if: true)')} } }`,
  '500 directives': `{ gpuNodes(limit: 1) { id ${times(500, () => '@include(if: true)')} } }`,
  '900 unknown directives': `{ gpuNodes(limit: 1) { id ${times(900, (i) => `@d${i}`)} } }`,
  '2000 unknown fields': `{ gpuNodes(limit: 1) { ${times(2_000, (i) => `unknown${i}`)} } }`,
  '60 fragments that overlap': `{ gpuNodes(limit: 1) { ${times(60, (i) => `...f${i}`)} } } ${times(60, (i) => `fragment f${i} on GpuNode { a: id b${i}: nodeId operator { id nodes(limit: 1) { id } } }`)}`,
  '600 fields that conflict': `{ gpuNodes(limit: 1) { ${times(600, (i) => `a: shards(limit: ${i}) { id }`)} } }`,
  '300 inline fragments with the same lists': `{ gpuNodes(limit: 1) { ${times(300, () => '... on GpuNode { shards(limit: 1) { id } }')} } }`,
  '1000 operations': times(1_000, (i) => `query q${i} { network { id } }`),
  '60 kB of comments': `{ network { id } } ${times(600, () => `#${'x'.repeat(99)}`, '\n')}`,
  '60 kB of one name': `{ ${'x'.repeat(60_000)} }`,
  '45 kB of a block string': `{ gpuNodes(limit: 1, where: { id_eq: """${'x\n'.repeat(15_000)}""" }) { id } }`,
  'lists nested 3900 deep': `{ gpuNodes(where: { id_in: ${'['.repeat(1_950)}${']'.repeat(1_950)} }) { id } }`,
  'an unknown operation': 'query a { network { id } } query b { network { id } }',
  subscription: 'subscription { networks { id } }',
  mutation: 'mutation { network { id } }',
};

const documentsOf = Object.entries(QUERIES).map(([name, query]): Attack => ({ name, run: (by) => by.ask(query) }));

/** What is given as variables. */
const VARIABLES: Record<string, [query: string, variables: object]> = {
  '12000 values as a variable': [
    'query ($ids: [String!]) { gpuNodes(limit: 1, where: { id_in: $ids }) { id } }',
    { ids: Array.from({ length: 12_000 }, () => '1') },
  ],
  '9000 values as a variable': [
    'query ($ids: [String!]) { accounts(limit: 1, where: { id_in: $ids }) { id } }',
    { ids: Array.from({ length: 9_000 }, (_, i) => String(i)) },
  ],
  'a relation filter as a variable': [
    'query ($where: ActivityWhereInput) { activities(limit: 1, where: $where) { id } }',
    { where: { node: { activities_some: { node: { activities_some: { amount_eq: '1' } } } } } },
  ],
  'a NUL in a text': ['query ($id: String!) { accountById(id: $id) { id } }', { id: 'a\0b' }],
  'an integer of 10000 digits': [
    'query ($most: BigInt) { accounts(limit: 1, where: { balance_lte: $most }) { id } }',
    { most: '9'.repeat(10_000) },
  ],
  'variables of other types': [
    'query ($id: String!) { accountById(id: $id) { id } }',
    { id: { __proto__: null, toString: 1 } },
  ],
};

const variablesOf = Object.entries(VARIABLES).map(
  ([name, [query, variables]]): Attack => ({ name, run: (by) => by.ask(query, variables) }),
);

/** As text: what makes JSON of objects does not go so deep. */
const DEEP = `${'{"AND":['.repeat(4_000)}{}${']}'.repeat(4_000)}`;
const deepVariables: Attack = {
  name: 'variables nested 8000 levels deep',
  run: (by) =>
    by.send({
      body: `{"query":"query ($where: GpuNodeWhereInput) { gpuNodes(where: $where) { id } }","variables":{"where":${DEEP}}}`,
    }),
};

export const documents: readonly Attack[] = [...documentsOf, ...variablesOf, deepVariables];
