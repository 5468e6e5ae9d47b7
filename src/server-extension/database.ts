import { DataSource } from 'typeorm';
import type { DatabaseAddress } from '../config/database';
import { SteadyClient } from '../database/client';
import { SESSION } from '../database/session';

/** How to reach Postgres, and where in it the oracle's tables are. */
export interface ApiDatabase extends DatabaseAddress {
  /** Schema of the reporter's own tables; those of the index are in `public`. */
  oracleSchema: string;
}

/** Connections that are used for the same. */
export interface Connections {
  /** By which Postgres shows them. */
  name: string;
  connections: number;
  /** Longest time of a statement. */
  statementMs: number;
  /** Longest wait for Postgres to take a connection. */
  waitMs: number;
}

/**
 * Opens the connections that answer requests. One request sees one state of the database, and can never write.
 * Statements name tables without their schema: a connection looks in the index first, then among the oracle's; no two
 * tables of them have the same name.
 * @throws the driver's error when Postgres cannot be reached
 */
export function connect(
  { user: username, oracleSchema, ...address }: ApiDatabase,
  { name, connections, statementMs, waitMs }: Connections,
): Promise<DataSource> {
  const session = {
    default_transaction_read_only: 'on',
    default_transaction_isolation: 'repeatable\\ read',
    search_path: `public,${oracleSchema}`,
  };
  return new DataSource({
    type: 'postgres',
    ...address,
    username,
    entities: [],
    extra: {
      Client: SteadyClient,
      application_name: name,
      max: connections,
      statement_timeout: statementMs,
      connectionTimeoutMillis: waitMs,
      options: [SESSION, ...Object.entries(session).map(([name, value]) => `-c ${name}=${value}`)].join(' '),
    },
  }).initialize();
}
