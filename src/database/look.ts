import type { QueryResultRow } from 'pg';
import { type DatabaseSettings, databaseAddress } from '../config/database';
import { SteadyClient } from './client';
import { requireUtf8 } from './encoding';
import { SESSION } from './session';

/** Who only looks waits no longer for a connection, nor for an answer. */
const ANSWER_MS = 5_000;

/** What a Postgres says of itself. */
export interface ServerLook {
  /** As 18.4. */
  version: string;
  /** As 180004. */
  versionNumber: number;
  /** Its clock, ms since 1970. */
  nowMs: number;
  /** This machine's clock between question and answer, ms since 1970. */
  askedMs: number;
  user: string;
  /** It takes no writes: a standby, or set so. */
  isReadOnly: boolean;
  /** The user may make schemas in the database. */
  mayMakeSchemas: boolean;
  /** Of the schemas that were asked about, those that are there. */
  schemas: SchemaRights[];
}

/** What the user may do in a schema. */
export interface SchemaRights {
  schema: string;
  mayMakeTables: boolean;
  /** Tables that the user may not read and write. */
  unwritable: string[];
}

/** A process that holds its lock for life. */
export interface LockHolder {
  /** "dpin indexer lock, host pid 123". */
  name: string;
  since: Date;
}

/**
 * Looks at a Postgres without changing anything.
 * @param schemas whose rights are looked at
 * @param nowMs this machine's wall clock
 */
export function lookAtServer(
  settings: DatabaseSettings,
  schemas: readonly string[],
  nowMs: () => number = Date.now,
): Promise<ServerLook> {
  return withClient(settings, async (ask) => {
    // The first answer pays for the connection; the clock is asked when it is there.
    const [server] = await ask<{ number: string } & Omit<ServerLook, 'versionNumber' | 'schemas'>>(
      `SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,
              current_user AS "user",
              pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS "isReadOnly",
              has_database_privilege(current_database(), 'CREATE') AS "mayMakeSchemas"`,
    );
    const rights = await ask<SchemaRights & QueryResultRow>(
      `SELECT n.nspname AS schema, has_schema_privilege(n.oid, 'CREATE') AS "mayMakeTables",
              ARRAY(SELECT c.relname::text FROM pg_class c
                     WHERE c.relnamespace = n.oid AND c.relkind = 'r' AND NOT (
                           has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
                           AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE')
                           AND has_table_privilege(c.oid, 'DELETE')) ORDER BY 1) AS unwritable
         FROM pg_namespace n WHERE n.nspname = ANY($1)`,
      [schemas],
    );
    const beforeMs = nowMs();
    const [clock] = await ask<{ ms: string }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms');
    const { version, number, user, isReadOnly, mayMakeSchemas } = server as NonNullable<typeof server>;
    return {
      ...{ version, versionNumber: Number(number), user, isReadOnly, mayMakeSchemas, schemas: rights },
      ...{ nowMs: Number(clock?.ms), askedMs: (beforeMs + nowMs()) / 2 },
    };
  });
}

/** @throws FatalError for a database that cannot hold every text */
export function checkEncoding(settings: DatabaseSettings): Promise<void> {
  return withClient(settings, (ask) => requireUtf8(settings.DB_NAME, ask));
}

/** The processes of ours that hold a lock in this database, the oldest first. */
export function lockHolders(settings: DatabaseSettings): Promise<LockHolder[]> {
  return withClient(settings, (ask) =>
    ask<LockHolder & QueryResultRow>(
      `SELECT DISTINCT a.application_name AS name, a.backend_start AS since
         FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()
          AND a.application_name LIKE 'dpin % lock, %'
        ORDER BY 2`,
    ),
  );
}

type Ask = <R extends QueryResultRow>(text: string, values?: unknown[]) => Promise<R[]>;

async function withClient<T>(settings: DatabaseSettings, work: (ask: Ask) => Promise<T>): Promise<T> {
  const client = new SteadyClient({
    ...databaseAddress(settings),
    application_name: 'dpin doctor',
    options: SESSION,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  });
  try {
    await client.connect();
    return await work(async (text, values) => (await client.query(text, values)).rows);
  } finally {
    // A dead line would not answer the farewell.
    client.end().catch(() => undefined);
  }
}
