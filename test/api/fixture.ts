import { join } from 'node:path';
import { createLogger } from '@subsquid/logger';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { databaseAddress } from '../../src/config/database';
import { openPool } from '../../src/oracle/store/database';
import { migrateOracleSchema } from '../../src/oracle/store/migrate';
import { type Api, type ApiOptions, startApi } from '../../src/server-extension/server';
import { startTestPostgres, type TestPostgres } from '../support/postgres';

/** A GraphQL answer as a client sees it. */
export interface Answer {
  status: number;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers have the shape of their query
  data: any;
  errors: { message: string; extensions?: Record<string, unknown> }[];
}

/** The API over a database of its own, with both schemas migrated and a client to fill it. */
export interface TestApi {
  readonly postgres: TestPostgres;
  readonly db: Client;
  /** Where GraphQL answers. */
  readonly url: string;
  /** The connection by which the API looks how things are. */
  readonly watching: DataSource;
  ask(query: string, variables?: Record<string, unknown>): Promise<Answer>;
  post(body: string): Promise<Answer>;
  stop(): Promise<void>;
}

const log = createLogger('dpin:test');

export async function startTestApi(limits: ApiOptions['limits'] = {}): Promise<TestApi> {
  const postgres = await startTestPostgres();
  const { env } = postgres;
  const address = databaseAddress(env);
  await migrateIndex(address);
  const pool = openPool(env, log);
  await migrateOracleSchema(pool);
  await pool.end();
  const db = new Client(address);
  await db.connect();
  const api: Api = await startApi({
    database: { ...address, oracleSchema: env.ORACLE_SCHEMA },
    host: '127.0.0.1',
    port: 0,
    corsOrigins: ['*'],
    log,
    limits,
  });
  const url = `http://127.0.0.1:${api.port}/graphql`;
  const post = async (body: string): Promise<Answer> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const text = await response.text();
    const parsed = JSON.parse(text) as { data?: unknown; errors?: Answer['errors'] };
    return { status: response.status, text, data: parsed.data, errors: parsed.errors ?? [] };
  };
  return {
    postgres,
    db,
    url,
    watching: api.watching,
    post,
    ask: (query, variables) => post(JSON.stringify({ query, variables })),
    stop: async () => {
      await api.close();
      await db.end();
      await postgres.remove();
    },
  };
}

async function migrateIndex({ user, ...address }: Omit<ApiOptions['database'], 'oracleSchema'>): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    ...address,
    username: user,
    migrations: [join(__dirname, '..', '..', 'db', 'migrations', '*.js')],
  });
  await source.initialize();
  await source.runMigrations();
  await source.destroy();
}
