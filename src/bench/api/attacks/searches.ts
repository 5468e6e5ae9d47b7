import type { Attack } from './attacker';
import { relations, times } from './texts';

/** Queries that make Postgres look at many rows. */
const QUERIES: Record<string, string> = {
  'offset 10^9': '{ activities(offset: 1000000000, limit: 1) { id } }',
  'offset 900000': '{ activities(offset: 900000, limit: 50, orderBy: id_ASC) { id node { region } } }',
  'a page after 900000 edges': `{ activitiesConnection(orderBy: id_ASC, first: 50, after: "900000") { edges { node { id } } } }`,
  totalCount: '{ activitiesConnection(orderBy: id_ASC, first: 1) { totalCount } }',
  '20 × totalCount': `{ ${times(20, (i) => `a${i}: activitiesConnection(orderBy: id_ASC, first: 1) { totalCount }`)} }`,
  '20 × totalCount of contains': `{ ${times(20, (i) => `a${i}: activitiesConnection(orderBy: id_ASC, where: { txHash_contains: "${i}abc" }) { totalCount }`)} }`,
  'contains, of all rows': '{ activities(limit: 50, where: { txHash_contains: "no such hash" }) { id } }',
  'contains with many wildcards': `{ activities(limit: 5, where: { txHash_contains: "${'%a%b'.repeat(2_000)}" }) { id } }`,
  'containsInsensitive, 20 kB': `{ activities(limit: 5, where: { txHash_containsInsensitive: "${'aB'.repeat(10_000)}" }) { id } }`,
  'not in, of all rows': `{ accounts(limit: 50, where: { id_not_endsWith: "", balance_lt: "0" }) { id } }`,
  'order without an index': '{ accounts(orderBy: transferCount_DESC, limit: 50) { id } }',
  'order without an index, of another table': '{ delegations(orderBy: node_metadataURI_DESC, limit: 50) { id } }',
  '20 orders without an index': `{ ${times(20, (i) => `a${i}: delegations(orderBy: deposited_DESC, limit: 50, offset: ${i}) { id }`)} }`,
  'filters by three other tables': `{ activities(limit: 50, where: { node: { region_eq: "nowhere" }, account: { balance_eq: "1" }, job: { paid_eq: "7" } }) { id } }`,
  'unknown ids': `{ ${times(10, (i) => `a${i}: accountById(id: "0x${i}") { id } b${i}: gpuNodeById(id: "${i}x") { id activities(limit: 5) { id } }`)} }`,
  'impossible ranges':
    '{ activities(limit: 50, where: { block_gt: 5, block_lt: 4, timestamp_lt: "1970-01-01T00:00:00Z" }) { id } }',
  'a time that is none': '{ activities(limit: 5, where: { timestamp_lt: "999999-99-99" }) { id } }',
  'ranges beyond 32 bits': '{ activities(limit: 5, where: { block_gt: 99999999999 }) { id } }',
  'a round of 2^31': '{ challenges(round: 2147483648) { round } }',
  'challenges by a rare verdict': '{ challenges(verdict: "PROOF_INVALID", limit: 100) { round } }',
  'challenges at the farthest offset': '{ challenges(limit: 100, offset: 10000) { round reason } }',
  ...Object.fromEntries([1, 2, 4, 6, 8].map((levels) => [`_some ${levels} deep`, `{ ${relations(levels)} }`])),
  '_every and _none': `{ ${relations(2, 'activities_every')} b: ${relations(2, 'activities_none')} }`,
  '20 roots of _some 4 deep': `{ ${times(20, (i) => `a${i}: ${relations(4)}`)} }`,
};

export const searches: readonly Attack[] = Object.entries(QUERIES).map(([name, query]) => ({
  name,
  run: (by) => by.ask(query),
}));
