import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DocumentNode, parse } from 'graphql';
import { DataSource } from 'typeorm';
import { readSettings } from '../../src/config/settings';
import { ormOptions } from '../../src/indexer/store/orm';
import { applyMigrations, forgetIndex } from '../../src/indexer/store/schema';
import { requireWhole } from '../../src/indexer/store/whose';
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

  it('makes exactly the tables of the model, once, and again after the index was forgotten', async () => {
    expect(await applyMigrations(settings())).not.toEqual([]);
    expect(await applyMigrations(settings())).toEqual([]);
    const source = await new DataSource(ormOptions(settings())).initialize();
    try {
      const missing = await source.driver.createSchemaBuilder().log();
      expect(missing.upQueries.map(({ query }) => query)).toEqual([]);
      await source.query('CREATE TABLE not_ours (id int)');
      await forgetIndex(settings());
      const left = await source.query(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`);
      expect(left).toEqual([{ table_name: 'not_ours' }]);
    } finally {
      await source.destroy();
    }
    expect(await applyMigrations(settings())).not.toEqual([]);
  }, 30_000);

  it('are of one index, whole, or nothing is done to them', async () => {
    await requireWhole(settings());
    const source = await new DataSource(ormOptions(settings())).initialize();
    try {
      await source.query('CREATE SCHEMA squid_processor');
      await source.query('CREATE TABLE squid_processor.status (id int, height int)');
      await source.query('CREATE TABLE squid_processor.hot_block (height int)');
      await source.query('INSERT INTO squid_processor.status VALUES (0, 7)');
      await requireWhole(settings());
      await source.query('DROP SCHEMA public CASCADE');
      await source.query('CREATE SCHEMA public');
      await expect(requireWhole(settings())).rejects.toThrow(
        /stands at block 7, and its tables in schema public are gone/,
      );
      await source.query('CREATE TABLE public.account (id int)');
      await expect(requireWhole(settings())).rejects.toThrow(/not of an index: account/);
      await expect(forgetIndex(settings())).rejects.toThrow(/not of an index: account/);
      await source.query('DROP TABLE public.account');
      await source.query('DROP SCHEMA squid_processor CASCADE');
      await applyMigrations(settings());
      await requireWhole(settings());
      const columns: { name: string; type: string }[] = await source.query(
        `SELECT column_name AS name, data_type AS type FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = 'account' AND is_nullable = 'NO'`,
      );
      const values = columns.map(({ type }) => (/time/.test(type) ? 'now()' : "'0'"));
      await source.query(`INSERT INTO public.account (${columns.map(({ name }) => name)}) VALUES (${values})`);
      await expect(requireWhole(settings())).rejects.toThrow(/how far it goes .* is gone/);
    } finally {
      await source.destroy();
    }
  }, 60_000);
});
