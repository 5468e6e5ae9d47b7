import { readSettings } from '../../src/config/settings';
import { startIndexer } from '../../src/indexer/main';
import { EXIT_FATAL } from '../../src/runtime/exit';
import { Fixture } from './fixture';

describe('an index whose rows are gone, and not how far it goes', () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await Fixture.start();
    await fixture.mine(10);
  }, 120_000);
  afterAll(() => fixture.stop());

  const settings = (database: string) => readSettings('indexer', fixture.env(database));

  it.each([
    ['all tables', (tables: string[]) => `TRUNCATE ${tables}`],
    ['the network', () => 'DELETE FROM network'],
  ])(
    'is not gone on with: %s',
    async (_, emptying) => {
      const database = await fixture.database();
      const before = fixture.index(database);
      await fixture.untilIndexed(database, before);
      expect(await before.stop()).toBe(0);
      const tables = [...(await fixture.dump(database)).keys()].map((table) => `"${table}"`);
      await fixture.query(database, emptying(tables));
      const after = fixture.index(database);
      expect(await after.exited).toBe(EXIT_FATAL);
      expect(after.output).toMatch(/The index stands at block \d+, and rows of its tables in schema public are gone/);
      expect(after.output).toContain('index anew: npx dpin resync');
    },
    60_000,
  );

  it('is another than one before the first event of the token, which goes on', async () => {
    const database = await fixture.database();
    // That of the first contract; the token comes after it.
    const { deployBlock } = fixture.network.deployment;
    const first = await startIndexer(settings(database), { toBlock: deployBlock });
    await first.finished;
    await first.drained();
    expect(await fixture.height(database)).toBe(deployBlock);
    expect((await fixture.dump(database)).get('account')).toEqual([]);
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    expect(await indexer.stop()).toBe(0);
    expect(await fixture.dump(database)).toEqual(await fixture.cleanDump());
  }, 60_000);
});
