import { EXIT_FATAL } from '../../src/runtime/exit';
import { Fixture } from './fixture';
import { Scenario } from './scenario';

describe('an indexer under which the chain is reorganised', () => {
  let fixture: Fixture;
  let scenario: Scenario;

  beforeAll(async () => {
    fixture = await Fixture.start();
    scenario = new Scenario(fixture);
    await fixture.mine(10);
  }, 120_000);
  afterAll(() => fixture.stop());

  const snapshot = () => fixture.chain.provider.send('evm_snapshot', []);
  const revert = (id: string) => fixture.chain.provider.send('evm_revert', [id]);

  it('ends with the rows that a clean index of the surviving chain has, table by table', async () => {
    const database = await fixture.database();
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);

    // Fork after fork, each up to four blocks deep (finality is five) and replaced by a longer one with other events.
    for (let fork = 0; fork < 6; fork++) {
      const base = await snapshot();
      const depth = 1 + (fork % 4);
      for (let block = 0; block < depth; block++) await scenario.step(fork * 7 + block + (block === depth - 1 ? 2 : 0));
      // Every other branch is indexed before it is dropped; the rest may be dropped halfway.
      if (fork % 2 === 0) await fixture.untilIndexed(database, indexer);
      await revert(base);
      for (let block = 0; block <= depth + 1; block++) await scenario.step(fork * 11 + block + 1);
      if (fork % 3 === 0) await fixture.untilIndexed(database, indexer);
    }
    await fixture.mine(1);
    await fixture.untilIndexed(database, indexer);
    const hot = await fixture.dump(database);
    expect(await fixture.cleanDump({ INDEX_SOURCE: 'rpc' })).toEqual(hot);

    // What was undone in hot blocks must also hold once the blocks are final.
    await fixture.mine(20);
    await fixture.untilIndexed(database, indexer);
    expect(await fixture.dump(database)).toEqual(hot);
    expect(indexer.output).toContain('navigating a fork');
    expect(await indexer.stop()).toBe(0);
  }, 120_000);

  it('undoes a proven batch of scores and everything that followed from it', async () => {
    const database = await fixture.database();
    const indexer = fixture.index(database, { FINALITY_BLOCKS: '60' });
    await fixture.untilIndexed(database, indexer);
    const before = await fixture.dump(database);
    const base = await snapshot();
    await scenario.oracle(40, 4_000);
    await scenario.rewards();
    await fixture.untilIndexed(database, indexer);
    expect((await fixture.dump(database)).get('oracle_batch')).toHaveLength(1);

    await revert(base);
    await fixture.mine(30);
    await fixture.untilIndexed(database, indexer);
    expect(await fixture.dump(database)).toEqual(before);
    expect(await indexer.stop()).toBe(0);
  }, 120_000);

  it('says what to do when the chain is reorganised below finality, while it runs and when it starts', async () => {
    const database = await fixture.database();
    const base = await snapshot();
    for (let block = 0; block < 4; block++) await scenario.step(block);
    await fixture.mine(20);
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    await fixture.mine(1);
    await fixture.untilIndexed(database, indexer);

    await revert(base);
    await scenario.step(9);
    await fixture.mine(40);
    expect(await indexer.exited).toBe(EXIT_FATAL);
    expect(indexer.output).toContain('reorganised below finality');
    expect(indexer.output).toContain('npx dpin resync');

    const again = fixture.index(database);
    expect(await again.exited).toBe(EXIT_FATAL);
    expect(again.output).toContain('reorganised below finality');
  }, 120_000);
});
