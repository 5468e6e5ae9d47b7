import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { databaseAddress } from '../../src/config/database';
import { ormOptions } from '../../src/indexer/store/orm';
import { applyMigrations, forgetIndex } from '../../src/indexer/store/schema';
import { dropIndexes } from '../../src/indexer/store/secondary-indexes';
import { EXIT_FATAL } from '../../src/runtime/exit';
import { until } from '../support/until';
import { Fixture, type IndexerProcess } from './fixture';
import { Scenario } from './scenario';

/** More final blocks than make a backlog. */
const QUIET_BLOCKS = 260;
/** What a sync of everything does, and the lock on a table that stops it right there. */
const MOMENTS = [
  ['drops the indexes', 'ACCESS SHARE'],
  ['writes rows', 'SHARE'],
  ['builds the indexes', 'ROW EXCLUSIVE'],
] as const;

describe('an indexer with a long way to go', () => {
  let fixture: Fixture;
  let clean: Awaited<ReturnType<typeof contents>>;

  beforeAll(async () => {
    fixture = await Fixture.start();
    const scenario = new Scenario(fixture);
    await scenario.all();
    await fixture.mine(QUIET_BLOCKS);
    const database = await fixture.database();
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    expect(await indexer.stop()).toBe(0);
    expect(indexer.output).toContain('catching up without secondary indexes');
    expect(indexer.output).toContain('indexes are built');
    clean = await contents(database);
  }, 120_000);
  afterAll(() => fixture.stop());

  const settings = (database: string) => ({ ...fixture.postgres.env, DB_NAME: database });

  /** All rows of all tables, all indexes, and what is noted as missing. */
  async function contents(database: string) {
    return {
      rows: await fixture.dump(database),
      indexes: await fixture.query(
        database,
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname",
      ),
      missing: await fixture.query(database, 'SELECT name FROM squid_processor.dropped_index'),
    };
  }

  /** A database with tables, and its secondary indexes dropped already where `dropped` says so. */
  async function migrated(dropped: boolean): Promise<string> {
    const database = await fixture.database();
    await applyMigrations(settings(database));
    if (!dropped) return database;
    const source = await new DataSource(ormOptions(settings(database))).initialize();
    expect(await dropIndexes(source)).toBeGreaterThan(0);
    await source.destroy();
    return database;
  }

  /** Holds a lock on the feed until the returned function is called; Postgres may be killed meanwhile. */
  async function lockFeed(database: string, mode: string): Promise<() => Promise<void>> {
    const client = new Client({ ...databaseAddress(fixture.postgres.env), database });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN');
    await client.query(`LOCK TABLE activity IN ${mode} MODE`);
    return () => client.end().catch(() => undefined);
  }

  const untilItWaits = (database: string, indexer: IndexerProcess) =>
    until('the indexer to wait for the table', async () => {
      indexer.assertRunning();
      return (await fixture.query(database, 'SELECT 1 FROM pg_locks WHERE NOT granted')).length > 0;
    });

  it.each(MOMENTS)(
    'ends with the rows and indexes of a clean sync after kill -9 while it %s',
    async (what, mode) => {
      const database = await migrated(what !== 'drops the indexes');
      const unlock = await lockFeed(database, mode);
      const first = fixture.index(database);
      await untilItWaits(database, first);
      await first.kill();
      await unlock();

      const second = fixture.index(database);
      await fixture.untilIndexed(database, second);
      expect(await second.stop()).toBe(0);
      expect(await contents(database)).toEqual(clean);
    },
    120_000,
  );

  it.each(MOMENTS)(
    'goes on by itself when Postgres is killed while it %s',
    async (what, mode) => {
      const database = await migrated(what !== 'drops the indexes');
      const unlock = await lockFeed(database, mode);
      const indexer = fixture.index(database);
      await untilItWaits(database, indexer);
      process.kill(fixture.postgres.pid, 'SIGKILL');
      await fixture.postgres.exited;
      await unlock();
      await until('word of the outage', () => {
        indexer.assertRunning();
        return indexer.output.includes('Postgres is away');
      });
      fixture.postgres = await fixture.postgres.restart();
      await fixture.untilIndexed(database, indexer);
      expect(await indexer.stop()).toBe(0);
      expect(await contents(database)).toEqual(clean);
    },
    120_000,
  );

  it('ends with the rows of a clean sync after kill -9 at whatever moment comes', async () => {
    const database = await fixture.database();
    for (let life = 0; life < 6; life++) {
      const indexer = fixture.index(database);
      await new Promise((resolve) => setTimeout(resolve, 600 + 150 * life));
      await indexer.kill();
    }
    const last = fixture.index(database);
    await fixture.untilIndexed(database, last);
    expect(await last.stop()).toBe(0);
    expect(await contents(database)).toEqual(clean);
  }, 120_000);

  it('builds what is missing before a migration, which may speak of any index', async () => {
    const database = await migrated(true);
    await fixture.query(database, "DELETE FROM migrations WHERE name LIKE 'NoForeignKeys%'");
    // That migration finds nothing to drop any more; here it matters what was done before it.
    await expect(applyMigrations(settings(database))).rejects.toThrow('does not exist');
    expect(await fixture.query(database, 'SELECT name FROM squid_processor.dropped_index')).toEqual([]);
  }, 60_000);

  it('lets a migration take longer than the statements of that role may', async () => {
    const database = await fixture.database();
    await fixture.query('postgres', `ALTER DATABASE ${database} SET statement_timeout = '1ms'`);
    expect(await applyMigrations(settings(database))).not.toEqual([]);
  }, 60_000);

  it('ends a second indexer on the database, and lets it in when the first was killed', async () => {
    const database = await fixture.database();
    const first = fixture.index(database);
    await fixture.untilIndexed(database, first);
    const second = fixture.index(database);
    expect(await second.exited).toBe(EXIT_FATAL);
    expect(second.output).toContain('An indexer works on this database already');
    expect(second.output).toContain('pg_terminate_backend');
    await expect(forgetIndex(settings(database))).rejects.toThrow('An indexer works on this database already');
    first.assertRunning();
    await first.kill();
    const third = fixture.index(database);
    await fixture.untilIndexed(database, third);
    expect(await third.stop()).toBe(0);
  }, 120_000);
});
