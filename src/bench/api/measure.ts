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
  /** Sequential scans of tables with many rows. */
  scans: number;
}

const CONNECTIONS = 10;
const ADDRESS = '127.0.0.1';
const WARM_UP_MS = 500;
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
    const scans = (await scansOf(db, population)) - before;
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
      scans,
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

/** Sequential scans, until now, of tables with as many rows as there are nodes. Sessions tell of them at their end. */
async function scansOf(db: Database, { nodes }: Population): Promise<number> {
  await db.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'dpin api%'");
  await new Promise((resolve) => setTimeout(resolve, COUNTED_MS));
  const { rows } = await db.query<{ scans: string }>(
    `SELECT sum(s.seq_scan) AS scans FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
      WHERE c.reltuples >= $1`,
    [nodes],
  );
  return Number(rows[0]?.scans);
}
