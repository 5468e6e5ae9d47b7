import { freePort } from '../../src/devnet/machine/ports';
import { until } from '../support/until';
import { Fixture } from './fixture';
import { Scenario } from './scenario';

describe('what an indexer shows of itself', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await Fixture.start();
  }, 120_000);
  afterAll(() => fixture.stop());

  it('is alive, ready, how far index and chain are, and what is not well', async () => {
    const port = await freePort();
    const database = await fixture.database();
    const indexer = fixture.index(database, { INDEX_METRICS_PORT: String(port), METRICS_HOST: '127.0.0.2' });
    const ask = async (path: string) => {
      const response = await fetch(`http://127.0.0.2:${port}${path}`);
      return { status: response.status, text: await response.text() };
    };
    const checks = async () => JSON.parse((await ask('/ready')).text).checks;
    await new Scenario(fixture).step(0);
    await fixture.untilIndexed(database, indexer);
    await until('an indexer that is ready', async () => (await ask('/ready')).status === 200);
    expect((await ask('/live')).status).toBe(200);
    const { number, timestamp } = (await fixture.chain.provider.getBlock('latest'))!;
    expect(await checks()).toEqual({
      database: { ok: true },
      chain: { ok: true, block: number, seenSeconds: expect.any(Number) },
      lag: { ok: true, block: number, blocks: 0, seconds: 0 },
      audit: { ok: true, finishedAt: null, differences: null },
    });
    const { text } = await ask('/metrics');
    expect(text).toContain(`dpin_indexer_indexed_block ${number}\n`);
    expect(text).toContain(`dpin_indexer_indexed_timestamp_seconds ${timestamp}\n`);
    expect(Number(/^dpin_indexer_events_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(10);

    await fixture.query(
      database,
      `CREATE TABLE IF NOT EXISTS squid_processor.audit (id int, finished_at timestamptz, differences bigint);
       INSERT INTO squid_processor.audit VALUES (1, now(), 2)`,
    );
    expect(await checks()).toMatchObject({ audit: { ok: false, differences: 2 } });
    await fixture.postgres.stop();
    expect((await ask('/ready')).status).toBe(503);
    expect(await checks()).toEqual({ database: { ok: false, reason: expect.any(String) } });
    fixture.postgres = await fixture.postgres.restart();
    await fixture.untilIndexed(database, indexer);
    expect(await indexer.stop()).toBe(0);
    await expect(ask('/live')).rejects.toThrow();
  }, 60_000);
});
