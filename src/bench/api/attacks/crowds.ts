import type { Attack, Attacker } from './attacker';
import { nested, relations, times } from './texts';

const CLIENTS = 100;
const PERSISTED = { persistedQuery: { version: 1 } };

/** Queries that 100 clients ask at the same time. */
const QUERIES: Record<string, (i: number) => string> = {
  '20 roots of 80 rows': (i) =>
    `{ ${times(20, (root) => `a${root}: activities(limit: 80, offset: ${i + root}) { id txHash node { id region } }`)} }`,
  'nested lists': () => nested(8, 6),
  'slow filters': () => `{ ${relations(4)} }`,
  'contains, of all rows': (i) => `{ activities(limit: 5, where: { txHash_contains: "none ${i}" }) { id } }`,
  totalCount: () => '{ activitiesConnection(orderBy: id_ASC, first: 1) { totalCount } }',
  introspection: () => '{ __schema { types { name description fields { name description } } } }',
};

const from = (addresses: number) => (addresses === 1 ? 'of one address' : `of ${addresses} addresses`);

const crowdsOf = (addresses: number): Attack[] =>
  Object.entries(QUERIES).map(([name, query]) => ({
    name: `${CLIENTS} × ${name}, ${from(addresses)}`,
    run: (by: Attacker) => by.together(CLIENTS, addresses, (i, address) => by.ask(query(i), undefined, address)),
  }));

export const crowds: readonly Attack[] = [
  ...crowdsOf(1),
  ...crowdsOf(19),
  {
    name: '1000 unknown hashes',
    run: (by) =>
      by.together(1_000, 1, (i) =>
        by.send({
          body: JSON.stringify({
            extensions: { persistedQuery: { ...PERSISTED.persistedQuery, sha256Hash: String(i).padStart(64, '0') } },
          }),
        }),
      ),
  },
  {
    name: '1000 queries with a wrong hash',
    run: (by) =>
      by.together(1_000, 19, (i, address) =>
        by.send(
          {
            body: JSON.stringify({
              query: by.unique('{ network { id } }'),
              extensions: { persistedQuery: { version: 1, sha256Hash: String(i).padStart(64, '0') } },
            }),
          },
          address,
        ),
      ),
  },
  {
    name: '1000 light queries of 19 addresses',
    run: (by) => by.together(1_000, 19, (_, address) => by.ask('{ network { id } }', undefined, address)),
  },
];
