import { setTimeout as sleep } from 'node:timers/promises';
import type { Client as Database } from 'pg';
import { quantile, rounded } from '../gateway/figures';
import { Client, graphql, graphqlInUrl, type Reply, type Request } from './http';
import type { Population } from './population';
import type { DocumentedQuery } from './queries/documented';

export interface QueryFigures {
  name: string;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** The same request again and again, by a client that shows what it has; null where the API names no version. */
  unchangedPerSecond: number | null;
  /** How often a table with many rows was read from end to end, and which. */
  scans: number;
  scanned: string[];
}

const CONNECTIONS = 10;
const ADDRESS = '127.0.0.1';
const WARM_UP_MS = 500;
/** A table with such a part of the rows of a large one has many. */
const MANY = 1 / 4;
/** Sessions that ended have counted their scans by then. */
const COUNTED_MS = 300;

/** Request number, over the whole run: none repeats, whatever is measured twice. */
let next = Date.now() % 1_000_000;

/** How fast a query is answered with nothing kept, and with an answer that the client has. */
export async function measureQuery(
  query: DocumentedQuery,
  { port, db, population, seconds }: { port: number; db: Database; population: Population; seconds: number },
): Promise<QueryFigures> {
  const client = new Client(port, ADDRESS, CONNECTIONS);
  try {
    const fresh = () => freshRequest(query, next++, population);
    await load(client, fresh, WARM_UP_MS, 200);
    const before = await scansOf(db, population);
    const { ms, elapsedMs } = await load(client, fresh, seconds * 1000, 200);
    const scanned = scansBetween(before, await scansOf(db, population));
    const variables = query.variables?.(next++, population) ?? {};
    const known = graphqlInUrl(query.document, variables);
    const { etag } = (await client.ask(known)).headers;
    const same =
      etag && (await load(client, () => ({ ...known, headers: { 'if-none-match': etag } }), seconds * 500, 304));
    return {
      name: query.name,
      requestsPerSecond: Math.round((ms.length / elapsedMs) * 1000),
      p50Ms: rounded(quantile(ms, 0.5), 1),
      p99Ms: rounded(quantile(ms, 0.99), 1),
      unchangedPerSecond: same ? Math.round((same.ms.length / same.elapsedMs) * 1000) : null,
      scans: scanned.reduce((sum, { scans }) => sum + scans, 0),
      scanned: scanned.map(({ table }) => table),
    };
  } finally {
    client.close();
  }
}

function freshRequest({ document, variables }: DocumentedQuery, i: number, population: Population): Request {
  return variables ? graphql(document, variables(i, population)) : graphql(`${document}\n# ${i}`);
}

/** Asks on every connection, one request after the other. @throws Error for an answer that is not as it must be */
async function load(client: Client, request: () => Request, forMs: number, status: number) {
  const ms: number[] = [];
  const startMs = performance.now();
  const lane = async () => {
    while (performance.now() < startMs + forMs) ms.push(msOf(await client.ask(request()), status));
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  return { ms, elapsedMs: performance.now() - startMs };
}

function msOf(reply: Reply, status: number): number {
  if (reply.status === status && !reply.text.includes('"errors"')) return reply.ms;
  throw new Error(`the API answered ${reply.status} instead of ${status}: ${reply.text.slice(0, 300)}`);
}

/** Sequential scans of a table. */
interface Scans {
  table: string;
  rows: number;
  scans: number;
  rowsRead: number;
}

/** Sequential scans until now of each table with many rows. Sessions tell of them at their end. */
async function scansOf(db: Database, { rows: most }: Population): Promise<Scans[]> {
  await db.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'dpin api%'");
  await sleep(COUNTED_MS);
  const { rows } = await db.query<Scans>(
    `SELECT s.relname AS table, c.reltuples::float8 AS rows, s.seq_scan::float8 AS scans, s.seq_tup_read::float8 AS "rowsRead"
       FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid WHERE c.reltuples >= $1 ORDER BY s.relid`,
    [most * MANY],
  );
  return rows;
}

/** Scans that read more than half of their table: one that a LIMIT ends early is none. */
function scansBetween(before: readonly Scans[], after: readonly Scans[]): Pick<Scans, 'table' | 'scans'>[] {
  return after
    .map(({ table, rows, scans, rowsRead }, i) => ({
      ...{ table, rows },
      scans: scans - (before[i]?.scans ?? 0),
      rowsRead: rowsRead - (before[i]?.rowsRead ?? 0),
    }))
    .filter(({ rows, scans, rowsRead }) => rowsRead > (scans * rows) / 2);
}
