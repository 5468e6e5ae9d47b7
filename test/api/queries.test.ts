import { addressOf } from '../../src/bench/api/population';
import { seed } from '../../src/bench/api/seed';
import { allQuestions, readAnswers } from '../../src/cli/docs/queries/answers';
import { startTestApi, type TestApi } from './fixture';

const ROWS = 5_000;

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
  await api.db.query('SET search_path = public, oracle');
  await seed(api.db, ROWS, () => undefined);
}, 60_000);
afterAll(() => api.stop());

/**
 * Where two answers are not of one shape: other keys, or values of other kinds. Null is of every shape, and lists are
 * of one when their elements are.
 */
function differences(documented: unknown, live: unknown, path = 'data'): string[] {
  if (documented === null || live === null) return [];
  if (Array.isArray(documented) && Array.isArray(live)) {
    return documented.flatMap((one) => live.flatMap((other) => differences(one, other, `${path}[]`)));
  }
  if (typeof documented === 'object' && typeof live === 'object' && documented && live) {
    const [ours, theirs] = [documented, live] as Record<string, unknown>[];
    const keys = new Set([...Object.keys(ours!), ...Object.keys(theirs!)]);
    return [...keys].flatMap((key) => {
      if (!(key in ours!) || !(key in theirs!)) return [`${path}.${key} is in one of them only`];
      return differences(ours![key], theirs![key], `${path}.${key}`);
    });
  }
  return typeof documented === typeof live ? [] : [`${path} is ${typeof documented} and ${typeof live}`];
}

/** Variables that name rows of the devnet, as rows of the seeded database. */
const SEEDED: Record<string, unknown> = { account: addressOf(0) };

describe('documented queries', () => {
  it.each(allQuestions().map((one) => [`${one.asker}: ${one.question}`, one] as const))('%s', async (_, one) => {
    const names = Object.keys(one.variables ?? {});
    const variables = Object.fromEntries(names.map((name) => [name, SEEDED[name] ?? one.variables?.[name]]));
    const { data, errors } = await api.ask(one.document, variables);
    expect(errors).toEqual([]);
    // An answer without rows would be of any shape.
    expect(Object.values(data)).not.toContain(null);
    expect(JSON.stringify(data)).not.toContain('[]');
    expect(differences(readAnswers()[one.question], data)).toEqual([]);
  });

  it('have an answer each, and there is no other', () => {
    expect(Object.keys(readAnswers()).sort()).toEqual(
      allQuestions()
        .map(({ question }) => question)
        .sort(),
    );
    // An empty list shows nothing, and compares with anything.
    expect(JSON.stringify(readAnswers())).not.toContain('[]');
  });
});

describe('the comparison of shapes', () => {
  it.each([
    [{ a: [{ b: 1 }] }, { a: [{ b: '1' }] }, 'data.a[].b is number and string'],
    [{ a: 1 }, { a: 1, c: 2 }, 'data.c is in one of them only'],
    [{ a: [1] }, { a: 1 }, 'data.a is object and number'],
  ])('finds how %j is not like %j', (documented, live, difference) => {
    expect(differences(documented, live)).toEqual([difference]);
  });

  it('takes null and an empty list for anything', () => {
    expect(differences({ a: null, b: [] }, { a: { c: 1 }, b: [2] })).toEqual([]);
  });
});
