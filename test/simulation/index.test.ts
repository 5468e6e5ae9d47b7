import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { READ_AGAIN_EVERY_BLOCKS } from '../../src/indexer/source/rpc/source';
import { differencesOf, simulateIndex, untested } from '../../src/simulation/indexing/run';
import { MANY_FINAL_BLOCKS, STOP_NAMES, STOPS, simulateStop } from '../../src/simulation/indexing/stops';
import { World } from '../../src/simulation/indexing/world';

describe('a simulated index', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.start();
  }, 60_000);
  afterAll(() => world.stop());

  it.each([1, 2, 3, 4])(
    'has the tables of a clean index after the trouble of seed %i',
    async (seed) => {
      const findings = await simulateIndex(world, { seed, seconds: 4 });
      expect(findings).toMatchObject({ seed, problems: [], tablesEqual: true });
      expect(findings.rows).toBeGreaterThan(100);
      expect(findings.reorgs).toBeGreaterThan(0);
      expect(findings.faults).toBeGreaterThan(2);
    },
    240_000,
  );

  it('is troubled while it works, however long it takes to start', async () => {
    const findings = await simulateIndex(world, { seed: 5, seconds: 0.5 });
    expect(findings).toMatchObject({ problems: [], tablesEqual: true });
    expect(findings.faults).toBeGreaterThan(2);
  }, 240_000);

  it.each(STOP_NAMES)(
    'stops with the right words: %s',
    async (name) => {
      expect(await simulateStop(world, name, 1)).toMatchObject({ ok: true, problems: [] });
    },
    240_000,
  );
});

it('names what one of two indexes has more than the other', () => {
  const rows = (...texts: string[]) => new Map([['node', texts]]);
  expect(differencesOf(rows('a', 'b'), rows('a', 'b'))).toEqual([]);
  expect(differencesOf(rows('a', 'c'), rows('a', 'b'))).toEqual([
    'node: 1 rows that a clean index has not, 1 the other way round',
    '  has  c',
    '  not  b',
  ]);
  expect(differencesOf(rows(), rows('a'))).toHaveLength(2);
});

it('does not take a run in which nothing went wrong for a success', () => {
  expect(untested({ faults: 3, rows: 100 })).toEqual([]);
  expect(untested({ faults: 0, rows: 100 })).toEqual(['no fault met a request: nothing was tried']);
  expect(untested({ faults: 3, rows: 0 })).toEqual(['the index has no rows']);
});

it('lets more blocks become final than after which the newest are read again', () => {
  expect(MANY_FINAL_BLOCKS).toBeGreaterThan(READ_AGAIN_EVERY_BLOCKS);
});

it('has what cannot be healed in the guide', () => {
  const guide = readFileSync(join(__dirname, '..', '..', 'docs', 'guide', 'running.md'), 'utf8');
  for (const [name, { what }] of Object.entries(STOPS)) expect(guide).toContain(`| \`${name}\` | ${what} |`);
});
