import type { Client } from 'pg';
import type { DatabaseAddress } from '../config/database';
import { SteadyClient } from './client';

/** A row as JSON text, columns in the order of the table. */
type RowText = string;

/** Makes an empty database on a server; one with its name must not exist. */
export async function createDatabase(address: DatabaseAddress, name: string): Promise<void> {
  await withClient(address, (client) => client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`));
}

/** Removes a database, whoever is connected to it. */
export async function dropDatabase(address: DatabaseAddress, name: string): Promise<void> {
  await withClient(address, (client) => client.query(`DROP DATABASE ${client.escapeIdentifier(name)} WITH (FORCE)`));
}

/** How every Postgres index of the index's tables is made, in order of their names. */
export function indexDefinitions(address: DatabaseAddress): Promise<string[]> {
  return withClient(address, async (client) => {
    const { rows } = await client.query<{ indexdef: string }>(
      'SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexname',
    );
    return rows.map(({ indexdef }) => indexdef);
  });
}

/** Every row of every table of the index, by table, in order of the ids. */
export function rowsOfIndex(address: DatabaseAddress): Promise<Map<string, RowText[]>> {
  return withClient(address, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables
        WHERE table_schema = current_schema() AND table_name <> 'migrations' ORDER BY 1`,
    );
    const found = new Map<string, RowText[]>();
    for (const { name } of tables) {
      const { rows } = await client.query(`SELECT * FROM ${client.escapeIdentifier(name)} ORDER BY id`);
      found.set(
        name,
        rows.map((row) => JSON.stringify(row)),
      );
    }
    return found;
  });
}

/** Hash of the newest block of the index; undefined before the first. */
export function indexedHash(address: DatabaseAddress): Promise<string | undefined> {
  return withClient(address, async (client) => {
    const { rows } = await client.query<{ hash: string }>(
      `SELECT hash FROM (SELECT height, hash FROM squid_processor.hot_block
        UNION ALL SELECT height, hash FROM squid_processor.status) heads ORDER BY height DESC LIMIT 1`,
    );
    return rows[0]?.hash;
  });
}

async function withClient<T>(address: DatabaseAddress, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new SteadyClient(address);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
