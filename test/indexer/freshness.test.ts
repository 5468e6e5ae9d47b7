import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Client } from 'pg';
import { databaseAddress } from '../../src/config/database';
import { forgetIndex } from '../../src/indexer/store/schema';
import { until } from '../support/until';
import { Fixture } from './fixture';
import { Scenario } from './scenario';

const COMMAND = join(__dirname, '..', '..', 'bin', 'dpin.js');
const FRESHNESS = 'SELECT * FROM squid_processor.freshness';
/** What one look sees: how fresh the index says it is, and how far its rows and blocks go. */
const ONE_LOOK = `SELECT f.*, n.block AS newest_event, (SELECT max(height) FROM (
    SELECT height FROM squid_processor.hot_block UNION ALL SELECT height FROM squid_processor.status) h) AS head
  FROM squid_processor.freshness f, network n`;

describe('how fresh an index is', () => {
  let fixture: Fixture;
  let scenario: Scenario;

  beforeAll(async () => {
    fixture = await Fixture.start();
    scenario = new Scenario(fixture);
    await fixture.mine(10);
  }, 120_000);
  afterAll(() => fixture.stop());

  const freshness = async (database: string) => (await fixture.query(database, FRESHNESS))[0]!;
  const head = async () => (await fixture.chain.provider.getBlock('latest'))!;

  async function indexed(): Promise<string> {
    const database = await fixture.database();
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    expect(await indexer.stop()).toBe(0);
    return database;
  }

  it('is said of the block that the rows are of, whenever somebody looks', async () => {
    const database = await fixture.database();
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    const looks: Record<string, unknown>[] = [];
    let isOver = false;
    const looking = (async () => {
      while (!isOver) looks.push((await fixture.query(database, ONE_LOOK))[0]!);
    })();
    for (let choice = 0; choice < 15; choice++) await scenario.step(choice);
    await fixture.untilIndexed(database, indexer);
    isOver = true;
    await looking;
    expect(new Set(looks.map(({ indexed_height }) => indexed_height)).size).toBeGreaterThan(1);
    for (const { indexed_height, indexed_time, head, newest_event } of looks) {
      const block = await fixture.chain.provider.getBlock(indexed_height as number);
      expect({ height: indexed_height, time: indexed_time }).toEqual({
        height: head,
        time: new Date(block!.timestamp * 1000),
      });
      expect(newest_event).toBeLessThanOrEqual(indexed_height as number);
    }
    expect(await indexer.stop()).toBe(0);
  }, 60_000);

  it('shows how far the chain is while the index cannot follow', async () => {
    const database = await fixture.database();
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    await until('word of the chain', async () => (await freshness(database))['seen_at'] !== null);
    const before = await freshness(database);
    const client = new Client({ ...databaseAddress(fixture.postgres.env), database });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE network IN ACCESS EXCLUSIVE MODE');
    try {
      await scenario.step(3);
      await fixture.mine(3);
      const { number, timestamp } = await head();
      await until('the chain ahead of the index', async () => (await freshness(database))['chain_height'] === number);
      const now = await freshness(database);
      expect(now).toMatchObject({ indexed_height: before['indexed_height'], chain_time: new Date(timestamp * 1000) });
      expect((now['seen_at'] as Date).getTime()).toBeGreaterThan((before['seen_at'] as Date).getTime());
    } finally {
      await client.end();
    }
    await fixture.untilIndexed(database, indexer);
    expect(indexer.output).not.toContain('Postgres ended a transaction');
    expect(await indexer.stop()).toBe(0);
  }, 60_000);

  it('goes back with the index, and is nothing once that is forgotten', async () => {
    const database = await indexed();
    const { number } = await head();
    const { status } = spawnSync(process.execPath, [COMMAND, 'rewind', '--to', String(number - 2)], {
      env: { ...process.env, ...fixture.env(database) },
    });
    expect(status).toBe(0);
    expect(await freshness(database)).toMatchObject({ indexed_height: number - 2, indexed_time: null });

    await forgetIndex({ ...fixture.postgres.env, DB_NAME: database });
    expect(await freshness(database)).toMatchObject({ indexed_height: null, chain_height: null, seen_at: null });
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    expect(await freshness(database)).toMatchObject({ indexed_height: number });
    expect(await indexer.stop()).toBe(0);
  }, 60_000);

  it('is not known of an index with which an earlier release went on, until the next block', async () => {
    const database = await indexed();
    const { number } = await head();
    await fixture.query(database, 'UPDATE squid_processor.indexed_head SET height = 1');
    const indexer = fixture.index(database);
    await until('the database to be open', async () => (await freshness(database))['indexed_height'] === number);
    await fixture.mine(1);
    await fixture.untilIndexed(database, indexer);
    const { number: newest, timestamp } = await head();
    expect(await freshness(database)).toMatchObject({
      indexed_height: newest,
      indexed_time: new Date(timestamp * 1000),
    });
    expect(await indexer.stop()).toBe(0);
  }, 60_000);
});
