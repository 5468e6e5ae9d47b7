import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DocumentNode, parse } from 'graphql';
import { DataSource } from 'typeorm';
import { readSettings } from '../../src/config/settings';
import { ormOptions } from '../../src/indexer/store/orm';
import { applyMigrations, forgetIndex } from '../../src/indexer/store/schema';
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
});
