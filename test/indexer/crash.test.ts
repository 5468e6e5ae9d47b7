import { setTimeout as sleep } from 'node:timers/promises';
import { startRpcProxy } from '../support/rpc-proxy';
import { until } from '../support/until';
import { Fixture } from './fixture';
import { Scenario } from './scenario';

describe('an indexer in a rough world', () => {
  let fixture: Fixture;
  let scenario: Scenario;

  beforeAll(async () => {
    fixture = await Fixture.start();
    scenario = new Scenario(fixture);
    for (let block = 0; block < 30; block++) await scenario.step(block);
    await fixture.mine(3);
  }, 120_000);
  afterAll(() => fixture.stop());

  it('ends with the rows of one that was never killed after kill -9 again and again, at any moment', async () => {
    const database = await fixture.database();
    for (let life = 0; life < 6; life++) {
      const indexer = fixture.index(database);
      // From before the first migration to the middle of a hot block.
      if (life < 3) await sleep(500 + 250 * life);
      else {
        for (let block = 0; block < 3; block++) await scenario.step(life * 3 + block);
        await until('a block in the index', async () => {
          indexer.assertRunning();
          return (await fixture.height(database)) > 0;
        });
      }
      await indexer.kill();
    }
    const last = fixture.index(database);
    await fixture.untilIndexed(database, last);
    expect(await last.stop()).toBe(0);
    expect(await fixture.cleanDump({ INDEX_SOURCE: 'rpc' })).toEqual(await fixture.dump(database));
  }, 120_000);

  it('waits while Postgres is away, says so, and goes on without losing or repeating anything', async () => {
    const database = await fixture.database();
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    for (let outage = 0; outage < 2; outage++) {
      process.kill(fixture.postgres.pid, 'SIGKILL');
      await fixture.postgres.exited;
      for (let block = 0; block < 4; block++) await scenario.step(block + 5 * outage);
      await until('word of the outage', () => indexer.output.split('the lock broke').length > outage + 1);
      fixture.postgres = await fixture.postgres.restart();
      await fixture.untilIndexed(database, indexer);
    }
    expect(indexer.output.split('the lock is held again')).toHaveLength(3);
    expect(await indexer.stop()).toBe(0);
    expect(await fixture.cleanDump()).toEqual(await fixture.dump(database));
  }, 120_000);

  it('waits for a Postgres that is not there yet', async () => {
    const database = await fixture.database();
    await fixture.postgres.stop();
    const indexer = fixture.index(database);
    await until('word of the outage', () => indexer.output.includes('database is away, trying again'));
    fixture.postgres = await fixture.postgres.restart();
    await fixture.untilIndexed(database, indexer);
    expect(await indexer.stop()).toBe(0);
  }, 120_000);

  it('waits while the endpoint is away, says so, and goes on', async () => {
    const database = await fixture.database();
    const proxy = await startRpcProxy(fixture.chain.url);
    try {
      const indexer = fixture.index(database, { RPC_URL: proxy.url });
      await fixture.untilIndexed(database, indexer);
      const said = indexer.output.length;
      proxy.rule = () => 'cut';
      for (let block = 0; block < 3; block++) await scenario.step(block);
      await until('word of the outage', () => /socket hang up|connection|ECONNRESET/i.test(indexer.output.slice(said)));
      proxy.rule = () => 'pass';
      await fixture.untilIndexed(database, indexer);
      expect(await indexer.stop()).toBe(0);
    } finally {
      await proxy.close();
    }
    expect(await fixture.cleanDump()).toEqual(await fixture.dump(database));
  }, 120_000);

  it('goes on at a second endpoint while the first is away, and back', async () => {
    const database = await fixture.database();
    const proxy = await startRpcProxy(fixture.chain.url);
    try {
      const indexer = fixture.index(database, { RPC_URL: `${proxy.url}, ${fixture.chain.url}` });
      await fixture.untilIndexed(database, indexer);
      proxy.rule = () => 'cut';
      for (let block = 0; block < 3; block++) await scenario.step(block);
      await fixture.untilIndexed(database, indexer);
      expect(indexer.output).toContain('RPC endpoint away');
      proxy.rule = () => 'pass';
      await until('the first endpoint again', () => indexer.output.includes('RPC endpoint is back'));
      expect(await indexer.stop()).toBe(0);
    } finally {
      await proxy.close();
    }
    expect(await fixture.cleanDump()).toEqual(await fixture.dump(database));
  }, 120_000);

  it('does nothing again when it starts at the head', async () => {
    const database = await fixture.database();
    const first = fixture.index(database);
    await fixture.untilIndexed(database, first);
    expect(await first.stop()).toBe(0);
    const second = fixture.index(database);
    await until('the head', () => second.output.includes('using chain RPC data source'));
    await scenario.step(3);
    await fixture.untilIndexed(database, second);
    expect(await second.stop()).toBe(0);
    expect(second.output).not.toContain('navigating a fork');
  }, 120_000);

  it('names a wrong setting and ends with 1', async () => {
    const indexer = fixture.index(await fixture.database(), { FINALITY_BLOCKS: '0' });
    expect(await indexer.exited).toBe(1);
    expect(indexer.output).toContain('FINALITY_BLOCKS');
  });

  it('refuses a chain that is not the one of the deployment', async () => {
    const indexer = fixture.index(await fixture.database(), { CHAIN_ID: '56' });
    expect(await indexer.exited).toBe(1);
    expect(indexer.output).toContain('CHAIN_ID');
  });
});
