import { schemaChanges } from './schema-changes';

const BEFORE = `
  type Query { node(id: ID!): Node network(limit: Int = 5): Int! }
  type Node { id: ID! score: Int! standing: Standing }
  enum Standing { GOOD BAD }`;

const changed = (from: string, to: string) => {
  expect(BEFORE).toContain(from);
  return schemaChanges(BEFORE, BEFORE.replace(from, to));
};

describe('changes of the schema', () => {
  it.each([
    ['score: Int!', '', 'Node.score was removed.'],
    ['score: Int!', 'score: Int', 'Node.score changed type from Int! to Int.'],
    ['node(id: ID!)', 'node(id: ID!, at: Int!)', 'A required arg at on Query.node was added.'],
    ['GOOD BAD', 'GOOD', 'BAD was removed from enum type Standing.'],
  ])('names what breaks when %s becomes %s', (from, to, breaking) => {
    expect(changed(from, to)).toEqual({ breaking: [breaking], dangerous: [] });
  });

  it('names what may surprise', () => {
    const added = 'UGLY was added to enum type Standing.';
    expect(changed('GOOD BAD', 'GOOD BAD UGLY')).toEqual({ breaking: [], dangerous: [added] });
    const { breaking, dangerous } = changed('limit: Int = 5', 'limit: Int = 6');
    expect(breaking).toEqual([]);
    expect(dangerous).toEqual([expect.stringContaining('defaultValue from 5 to 6')]);
  });

  it('lets new fields be', () => {
    expect(changed('score: Int!', 'score: Int! weight: Int!')).toEqual({ breaking: [], dangerous: [] });
  });
});
