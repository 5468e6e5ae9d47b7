import { METRICS } from '../../src/config/metrics';
import { MetricsRegistry } from '../../src/runtime/metrics';
import { apiChecks, readApi } from '../../src/server-extension/health';
import { startTestApi, type TestApi } from './fixture';
import { insert } from './seed';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.stop());

const checks = () => apiChecks(api.watching);

describe('how an API does', () => {
  it('is not ready without an index', async () => {
    expect(await checks()).toMatchObject({
      database: { ok: true },
      index: { ok: false, block: null, lagBlocks: null },
      scores: { ok: true, newestScoreAt: null },
      audit: { ok: true, differences: null },
    });
  });

  it('tells how far the index is behind the chain, and how old the newest score is', async () => {
    await api.db.query(`
      CREATE SCHEMA squid_processor;
      CREATE TABLE squid_processor.freshness (id int PRIMARY KEY, indexed_height int, indexed_time timestamptz,
        chain_height int, chain_time timestamptz, seen_at timestamptz);
      INSERT INTO squid_processor.freshness VALUES (0, 100, to_timestamp(1000), 110, to_timestamp(1015), now())`);
    await insert(api.db, 'public.network', { id: 'dpin', last_proven_at: new Date(Date.now() - 90_000) });
    const found = await checks();
    expect(found['index']).toMatchObject({ ok: true, block: 100, lagBlocks: 10, lagSeconds: 15 });
    expect(found['scores']?.['newestScoreAgeSeconds']).toBeGreaterThanOrEqual(90);
    const metrics = new MetricsRegistry(METRICS.api);
    readApi(api.watching, metrics);
    const text = await metrics.text();
    expect(text).toContain('dpin_api_index_lag_blocks 10\n');
    expect(text).toContain('dpin_api_indexed_block 100\n');
  });

  it.each([
    ['far behind', 'chain_height = 200, seen_at = now()'],
    ['left by its indexer', `chain_height = 100, seen_at = now() - interval '2 min'`],
  ])('is not ready with an index that is %s', async (_, change) => {
    await api.db.query(`UPDATE squid_processor.freshness SET ${change}`);
    expect((await checks())['index']?.ok).toBe(false);
  });

  it('is not ready with an index that an audit found wrong', async () => {
    await api.db.query(`
      CREATE TABLE squid_processor.audit (id serial, height int, finished_at timestamptz, differences bigint);
      INSERT INTO squid_processor.audit (height, finished_at, differences) VALUES (90, now(), 0)`);
    expect((await checks())['audit']).toMatchObject({ ok: true, block: 90, differences: 0 });
    await api.db.query('INSERT INTO squid_processor.audit (height, finished_at, differences) VALUES (95, now(), 3)');
    expect((await checks())['audit']).toMatchObject({ ok: false, block: 95, differences: 3 });
  });

  it('is not ready without a database', async () => {
    await api.db.end();
    await api.postgres.stop();
    expect(await checks()).toEqual({ database: { ok: false } });
    await api.postgres.restart();
  });
});
