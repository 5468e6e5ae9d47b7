import { availableParallelism, cpus } from 'node:os';
import { databaseEnvironment } from '../config/database';
import { EXIT_FATAL } from '../runtime/exit';
import { measureAbuse } from './api/abuse';
import { ATTACKS } from './api/attacks';
import { Child } from './api/child';
import { connectTo, ORACLE_SCHEMA, openSeeded } from './api/database';
import { measureQuery } from './api/measure';
import { populationOf } from './api/population';
import { QUERIES } from './api/queries';
import type { FromServer, ToServer } from './api/server-child';

/**
 * `npm run bench:api`: the API over a large database. First the queries of an explorer, each with answers that were
 * never given before and then with one that the client has; then whatever stops an API, beside a client that asks for
 * little. API, Postgres, client and light client are processes of their own on this machine.
 */
const DEFAULT_ROWS = 1_000_000;
const SECONDS_A_QUERY = 4;

interface Choices {
  rows: number;
  seconds: number;
  /** Only queries and attacks with these words in their names. */
  only: string;
  json: boolean;
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const row = (name: string, ...cells: unknown[]) =>
  print(name.padEnd(52) + cells.map((cell) => String(cell ?? '–').padStart(10)).join(' '));

async function main({ rows, seconds, only, json }: Choices): Promise<void> {
  print(`machine: ${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.version}`);
  const population = populationOf(rows);
  const postgres = await openSeeded(rows, print);
  const db = await connectTo(postgres);
  const env = { ...databaseEnvironment(postgres.address), ORACLE_SCHEMA };
  const server = Child.start<ToServer, FromServer>('server-child', env);
  try {
    const { port } = await server.tell('start');
    const chosen = <T extends { name: string }>(all: readonly T[]) => all.filter(({ name }) => name.includes(only));

    row('query', 'req/s', 'p50 ms', 'p99 ms', '304/s', 'scans');
    const queries = [];
    for (const query of chosen(QUERIES)) {
      const figures = await measureQuery(query, { port, db, population, seconds });
      const { name, requestsPerSecond, p50Ms, p99Ms, unchangedPerSecond, scans, scanned } = figures;
      row(name, requestsPerSecond, p50Ms, p99Ms, unchangedPerSecond, scans, ...scanned);
      queries.push(figures);
    }

    row('abuse', 'status', 'ms', 'blocked ms', 'light p99', 'refused');
    const abuse = [];
    for (const attack of chosen(ATTACKS)) {
      const figures = await measureAbuse(attack, server, port, population);
      const { name, statuses, ms, loopBlockedMs, lightP99Ms, lightRefused } = figures;
      row(name, Object.keys(statuses), ms, loopBlockedMs, lightP99Ms, lightRefused);
      abuse.push(figures);
    }
    const { peakRssMb } = await server.tell('look');
    print(`the API took at most ${Math.round(peakRssMb)} MB`);
    if (json) print(JSON.stringify({ rows, queries, abuse, peakRssMb: Math.round(peakRssMb) }));
  } finally {
    await server.end();
    await db.end();
    await postgres.stop();
  }
}

function choices(args: readonly string[]): Choices {
  const given = (flag: string) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);
  const isQuick = args.includes('--quick');
  return {
    rows: Number(given('--rows') ?? (isQuick ? DEFAULT_ROWS / 100 : DEFAULT_ROWS)),
    seconds: isQuick ? 1 : SECONDS_A_QUERY,
    only: given('--only') ?? '',
    json: args.includes('--json'),
  };
}

main(choices(process.argv.slice(2))).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(EXIT_FATAL);
  },
);
