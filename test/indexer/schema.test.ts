import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DocumentNode, parse } from 'graphql';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { databaseAddress } from '../../src/config/database';
import { readSettings } from '../../src/config/settings';
import { AuditStore } from '../../src/indexer/store/audit/audit-store';
import { ormOptions } from '../../src/indexer/store/orm';
import { applyMigrations, forgetIndex } from '../../src/indexer/store/schema';
import { requireWhole } from '../../src/indexer/store/whose';
import { sleep } from '../../src/runtime/backoff';
import { startTestPostgres, type TestPostgres } from '../support/postgres';

describe('schema.graphql', () => {
  const document: DocumentNode = parse(readFileSync(join(__dirname, '..', '..', 'schema.graphql'), 'utf8'));

  it('describes every type, and every field of every entity', () => {
    const silent: string[] = [];
    for (const definition of document.definitions) {
      if (definition.kind !== 'ObjectTypeDefinition' && definition.kind !== 'EnumTypeDefinition') continue;
      if (!definition.description?.value) silent.push(definition.name.value);
      if (definition.kind === 'EnumTypeDefinition') continue;
      for (const field of definition.fields ?? []) {
        if (!field.description?.value) silent.push(`${definition.name.value}.${field.name.value}`);
      }
    }
    expect(silent).toEqual([]);
  });

  it('gives every entity the block and time it comes from', () => {
    for (const definition of document.definitions) {
      if (definition.kind !== 'ObjectTypeDefinition') continue;
      const names = definition.fields?.map(({ name }) => name.value);
      expect([definition.name.value, names]).toEqual([
        definition.name.value,
        expect.arrayContaining(['block', 'timestamp']),
      ]);
    }
  });
});

describe('db/migrations', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startTestPostgres();
  }, 30_000);
  afterAll(() => postgres.remove());
  const settings = () =>
    readSettings('indexer', {
      ...postgres.env,
      RPC_URL: 'http://127.0.0.1:1',
      CHAIN_ID: '31337',
      DEPLOYMENT_FILE: 'deployment.json',
    });

  async function connected(): Promise<Client> {
    const client = new Client(databaseAddress(postgres.env));
    await client.connect();
    return client;
  }

  it('makes exactly the tables of the model, once, and again after the index was forgotten', async () => {
    expect(await applyMigrations(settings())).not.toEqual([]);
    expect(await applyMigrations(settings())).toEqual([]);
    const source = await new DataSource(ormOptions(settings())).initialize();
    try {
      const missing = await source.driver.createSchemaBuilder().log();
      expect(missing.upQueries.map(({ query }) => query)).toEqual([]);
      await source.query('CREATE TABLE not_ours (id int)');
      await source.query('ALTER TABLE network ADD COLUMN of_another_release int');
      await forgetIndex(settings());
      const made = await source.driver.createSchemaBuilder().log();
      expect(made.upQueries.map(({ query }) => query)).toEqual([]);
      expect(await source.query('SELECT * FROM not_ours')).toEqual([]);
    } finally {
      await source.destroy();
    }
    expect(await applyMigrations(settings())).toEqual([]);
  }, 30_000);

  it('are forgotten under readers, who see no rows and no error; results of audits stay', async () => {
    await applyMigrations(settings());
    const audits = await AuditStore.open(settings());
    const [reader, slow] = await Promise.all([connected(), connected()]);
    try {
      await audits.unfinished();
      await reader.query(`
        INSERT INTO hardware_class (id, number, weight_bps, block, timestamp) VALUES ('01', 1, 1, 1, now());
        INSERT INTO squid_processor.audit (id, height, hash, finished_at)
          VALUES (1, 10, '0x01', now()), (2, 20, '0x02', NULL);
        INSERT INTO squid_processor.audit_row (entity, row_id, facts) VALUES ('Account', '0x01', '{}')`);
      // As the API reads: several tables in one transaction, whatever their order is elsewhere.
      await slow.query('BEGIN');
      await slow.query('SELECT count(*) FROM hardware_class');
      const forgetting = { done: false };
      const forgotten = forgetIndex(settings()).finally(() => {
        forgetting.done = true;
      });
      await sleep(1_500);
      expect(forgetting.done).toBe(false);
      for (const table of ['network', 'activity', 'unbonding_lock']) {
        await slow.query(`SELECT count(*) FROM ${table}`);
      }
      await slow.query('COMMIT');
      const counts = new Set<number>();
      while (!forgetting.done) {
        counts.add((await reader.query('SELECT count(*)::int FROM hardware_class')).rows[0].count);
        await sleep(1);
      }
      await forgotten;
      counts.add((await reader.query('SELECT count(*)::int FROM hardware_class')).rows[0].count);
      expect([...counts].sort()).toEqual([0, 1]);
      const kept = await reader.query('SELECT id FROM squid_processor.audit');
      expect(kept.rows).toEqual([{ id: 1 }]);
      expect(await audits.next(10)).toEqual([]);
    } finally {
      await Promise.all([audits.close(), reader.end(), slow.end()]);
    }
  }, 60_000);

  it('are of one index, whole, or nothing is done to them', async () => {
    let minted = Number.POSITIVE_INFINITY;
    const whole = () => requireWhole(settings(), async (height) => height >= minted);
    await whole();
    const source = await new DataSource(ormOptions(settings())).initialize();
    try {
      await source.query('DROP SCHEMA IF EXISTS squid_processor CASCADE');
      await source.query('CREATE SCHEMA squid_processor');
      await source.query('CREATE TABLE squid_processor.status (id int, height int, hash text)');
      await source.query('CREATE TABLE squid_processor.hot_block (height int, hash text)');
      await source.query("INSERT INTO squid_processor.status VALUES (0, 7, '0x07')");
      // Its events may begin later.
      minted = 8;
      await whole();
      minted = 7;
      await expect(whole()).rejects.toThrow(/stands at block 7, and rows of its tables in schema public are gone/);
      await source.query('DROP SCHEMA public CASCADE');
      await source.query('CREATE SCHEMA public');
      await expect(whole()).rejects.toThrow(/stands at block 7, and its tables in schema public are gone/);
      await source.query('CREATE TABLE public.account (id int)');
      await expect(whole()).rejects.toThrow(/not of an index: account/);
      await expect(forgetIndex(settings())).rejects.toThrow(/not of an index: account/);
      await source.query('DROP TABLE public.account');
      await source.query('DROP SCHEMA squid_processor CASCADE');
      // As TypeORM leaves it when it is killed before the first migration.
      await source.query(
        'CREATE TABLE public.migrations (id SERIAL PRIMARY KEY, "timestamp" bigint NOT NULL, name varchar NOT NULL)',
      );
      await source.query(`INSERT INTO public.migrations ("timestamp", name) VALUES (1, 'Shop1')`);
      await expect(whole()).rejects.toThrow(/not of an index: migrations/);
      await source.query('DELETE FROM public.migrations');
      await whole();
      await applyMigrations(settings());
      await whole();
      const columns: { name: string; type: string }[] = await source.query(
        `SELECT column_name AS name, data_type AS type FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = 'account' AND is_nullable = 'NO'`,
      );
      const values = columns.map(({ type }) => (/time/.test(type) ? 'now()' : "'0'"));
      await source.query(`INSERT INTO public.account (${columns.map(({ name }) => name)}) VALUES (${values})`);
      await expect(whole()).rejects.toThrow(/how far it goes .* is gone/);
    } finally {
      await source.destroy();
    }
  }, 60_000);

  it('are not made in a database that cannot hold every text', async () => {
    const source = await new DataSource(ormOptions(settings())).initialize();
    try {
      await source.query("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    } finally {
      await source.destroy();
    }
    await expect(requireWhole({ ...settings(), DB_NAME: 'latin' }, async () => false)).rejects.toThrow(
      /^DB_NAME: database "latin" has the encoding LATIN1/,
    );
  });
});
