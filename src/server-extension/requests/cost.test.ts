import { getOperationAST, parse } from 'graphql';
import { costOf, NegativeLimit, overLimits, type Variables } from './cost';

function cost(text: string, variables: Variables = {}) {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  return costOf(document, operation, variables);
}

/** Fragments of which each spreads the next one twice. */
function doubling(levels: number): string {
  const spread = (level: number) => (level < levels ? `id ...f${level} ...f${level}` : 'id');
  const fragments = Array.from({ length: levels }, (_, level) => `fragment f${level} on N { ${spread(level + 1)} }`);
  return `{ ns { ...f0 } } ${fragments.join(' ')}`;
}

describe('the cost of a query', () => {
  it('counts every field, whatever stands around it', () => {
    expect(cost('{ a { b c { d } } e { ... on E { f } ...g } } fragment g on E { h }')).toEqual({
      selections: 7,
      depth: 3,
      relationFilters: 0,
      introspections: 0,
      introspectionAliases: 0,
      conditions: 0,
      values: 0,
      valueDepth: 0,
    });
  });

  it('counts a fragment as often as it is spread, in time that does not grow with that', () => {
    expect(cost(doubling(10)).selections).toBe(1 + 2 ** 10 - 1);
    // Two to the thousandth fields; expanding them would not end.
    expect(cost(doubling(1_000)).selections).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('counts filters by related rows in texts, defaults and variables, as often as they are used', () => {
    const where = 'where: { AND: [{ nodes_some: { id_eq: "1" } }, { node: { locks_none: { id_eq: "1" } } }] }';
    expect(cost(`{ a(${where}) { id } }`).relationFilters).toBe(2);
    expect(cost('query($w: W = { nodes_every: {} }) { a(where: $w) { id } b(where: $w) { id } }').relationFilters).toBe(
      2,
    );
    const byVariable = 'query($w: W, $x: W) { a(where: $w) { id } b(where: { OR: [$w, $x] }) { id } }';
    const given = { w: { OR: [{ nodes_some: { nodes_some: {} } }] }, x: { name_eq: 'a_some' } };
    expect(cost(byVariable, given).relationFilters).toBe(4);
    expect(cost(byVariable).relationFilters).toBe(0);
    expect(cost('{ ...f ...f } fragment f on Query { a(where: { nodes_some: {} }) { id } }').relationFilters).toBe(2);
  });

  it('leaves introspection out of the depth and counts it apart', () => {
    expect(cost('{ __schema { types { name } } a { __typename } b: __type(name: "A") { name } }')).toMatchObject({
      depth: 1,
      introspections: 2,
    });
  });

  it('ends with a fragment that contains itself', () => {
    expect(cost('{ a { ...f } } fragment f on A { id ...f }').selections).toBe(2);
  });

  it('is told where it is above a limit', () => {
    const limits = { ...cost('{ a }'), selections: 10, depth: 8, relationFilters: 1, introspections: 1 };
    expect(overLimits(cost('{ a { b } }'), limits)).toBeUndefined();
    expect(overLimits(cost(doubling(4)), limits)).toBe(
      'the query costs too much: 16 fields, fragments spread, where 10 are allowed',
    );
    expect(overLimits({ ...limits, selections: 11, depth: 9, relationFilters: 2, introspections: 2 }, limits)).toBe(
      'the query costs too much: 11 fields, fragments spread, where 10 are allowed; ' +
        '9 levels of fields, where 8 are allowed; ' +
        '2 filters by _some, _every or _none, where 1 are allowed; ' +
        '2 fields __schema or __type, where 1 are allowed',
    );
  });

  it('counts how deeply values of the text are nested', () => {
    const nested = (levels: number): string => (levels === 0 ? '{ id_eq: "1" }' : `{ AND: [${nested(levels - 1)}] }`);
    expect(cost(`{ a(where: ${nested(3)}) { id b(in: [1]) } }`).valueDepth).toBe(7);
  });

  it('counts conditions and values of arguments, a variable as often as it is used', () => {
    const text = 'query($w: W) { a(where: { id_in: ["1", "2"] }) { id } b(where: $w) { id } c(where: $w) { id } }';
    expect(cost(text, { w: { OR: [{}, {}, {}] } })).toMatchObject({ conditions: 1 + 2 * 4, values: 4 + 2 * 5 });
    expect(cost(text)).toMatchObject({ conditions: 1, values: 6 });
  });

  it.each(['limit: -1', 'limit: $n', 'first: -5', 'offset: $n'])('knows no %s', (argument) => {
    const text = `query($n: Int = 1) { a { b(${argument}) @skip(if: true) { id } } }`;
    expect(() => cost(text, { n: -2 })).toThrow(NegativeLimit);
    if (argument.includes('$n')) expect(cost(text).depth).toBe(3);
  });

  it('counts other names within a description of the schema, and nowhere else', () => {
    expect(cost('{ x: a { y: b } }').introspectionAliases).toBe(0);
    expect(cost('{ s: __schema { types { ...t } } } fragment t on T { n: name m: name }').introspectionAliases).toBe(2);
  });
});
