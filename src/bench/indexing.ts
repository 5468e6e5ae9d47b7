import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseEnvironment } from '../config/database';
import { freePort } from '../devnet/machine/ports';
import { removePostgres, startPostgres } from '../devnet/machine/postgres';
import { DEVNET_CHAIN_ID, FINALITY_BLOCKS } from '../devnet/network';
import { EXIT_FATAL } from '../runtime/exit';
import { quantile, rounded } from './gateway/figures';
import { type BenchChain, type ChainName, openChain } from './index/chains';
import { treeCpuMicros } from './index/cpu';
import type { SyncFigures } from './index/processor-child';

/**
 * `npm run bench:index`: indexes three chains from an empty database, three times each, in turn with the plain
 * processor (its own RPC source, TypeORM's writes, the same handlers). All of a sync counts: migrations, reading,
 * writing, and building the indexes at its end.
 */
const REPEATS = 3;
/** Sessions of Postgres end a moment after their client; then their CPU time is among that of their parent. */
const BACKENDS_END_MS = 300;

type Program = 'ours' | 'plain';
interface Run extends SyncFigures {
  /** CPU time of Postgres meanwhile, µs. */
  postgresCpuMicros: number;
}
type Runs = Record<Program, Run[]>;

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(json: boolean): Promise<void> {
  print(`machine: ${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.version}`);
  const results = {} as Record<ChainName, Runs & { blocks: number }>;
  for (const name of ['dense', 'sparse', 'empty'] as const) {
    const chain = await openChain(name, print);
    try {
      const runs = await measure(chain, name === 'empty' ? ['ours'] : ['ours', 'plain']);
      results[name] = { ...runs, blocks: chain.lastBlock };
    } finally {
      await chain.stop();
    }
  }

  const columns = ['events', 'blocks', 'seconds', 'events/s', 'CPU µs/event', 'Postgres', 'peak MB'];
  const widths = [16, 8, 9, 9, 10, 14, 10, 9];
  const row = (...cells: (string | number)[]) =>
    print(
      cells.map((cell, index) => String(cell)[index === 0 ? 'padEnd' : 'padStart'](widths[index] as number)).join(''),
    );
  row('', ...columns);
  for (const [name, result] of Object.entries(results)) {
    for (const program of ['ours', 'plain'] as const) {
      for (const run of result[program]) {
        row(
          `${name}, ${program}`,
          ...[run.events, result.blocks, run.seconds.toFixed(2), (run.events / run.seconds).toFixed(0)],
          ...[cpuMicrosPerEvent(run).toFixed(1), (run.postgresCpuMicros / run.events).toFixed(1)],
          run.peakRssMb.toFixed(0),
        );
      }
    }
  }

  const figuresOf = ({ ours, plain }: Runs) => {
    const eventsPerSecond = median(ours.map((run) => run.events / run.seconds));
    return {
      events: (ours[0] as Run).events,
      eventsPerSecond: Math.round(eventsPerSecond),
      ratioToPlain: rounded(eventsPerSecond / median(plain.map((run) => run.events / run.seconds))),
      cpuMicrosPerEvent: rounded(median(ours.map(cpuMicrosPerEvent)), 1),
    };
  };
  const figures = {
    dense: figuresOf(results.dense),
    sparse: figuresOf(results.sparse),
    empty: { blocks: results.empty.blocks, seconds: rounded(median(results.empty.ours.map(({ seconds }) => seconds))) },
    peakRssMb: Math.round(Math.max(...Object.values(results).flatMap(({ ours }) => ours.map((run) => run.peakRssMb)))),
    events: (results.dense.ours[0] as Run).events,
    blocks: results.dense.blocks,
    eventsPerSecond: figuresOf(results.dense).eventsPerSecond,
  };
  for (const name of ['dense', 'sparse'] as const) {
    const { eventsPerSecond, ratioToPlain, cpuMicrosPerEvent } = figures[name];
    print(
      `${name}: ${eventsPerSecond} events/s, ${ratioToPlain} times the plain processor, ${cpuMicrosPerEvent} µs of CPU an event`,
    );
  }
  print(`empty: ${figures.empty.blocks} blocks in ${figures.empty.seconds} s; peak memory ${figures.peakRssMb} MB`);
  if (json) print(JSON.stringify(figures));
}

/** Runs the programs in turn, each time on a Postgres of its own. */
async function measure(chain: BenchChain, programs: readonly Program[]): Promise<Runs> {
  const runs: Runs = { ours: [], plain: [] };
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const program of programs) runs[program].push(await run(program, chain));
  }
  return runs;
}

async function run(program: Program, chain: BenchChain): Promise<Run> {
  const dir = mkdtempSync(join(tmpdir(), 'dpin-bench-'));
  try {
    const postgres = await startPostgres({ dir, port: await freePort() });
    const before = treeCpuMicros(postgres.pid);
    const figures = await indexInChild(program, {
      RPC_URL: chain.url,
      CHAIN_ID: String(DEVNET_CHAIN_ID),
      DEPLOYMENT_FILE: chain.deploymentFile,
      FINALITY_BLOCKS: String(FINALITY_BLOCKS),
      ...databaseEnvironment(postgres.address),
      BENCH_TO_BLOCK: String(chain.lastBlock),
    });
    await sleep(BACKENDS_END_MS);
    const postgresCpuMicros = treeCpuMicros(postgres.pid) - before;
    await postgres.stop();
    return { ...figures, postgresCpuMicros };
  } finally {
    await removePostgres(dir);
    rmSync(dir, { recursive: true, force: true });
  }
}

function indexInChild(program: Program, env: Record<string, string>): Promise<SyncFigures> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, 'index', 'processor-child.js'), [program], {
      env: { ...process.env, SQD_WARN: '*', ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let figures: SyncFigures | undefined;
    child.once('message', (message) => {
      figures = message as SyncFigures;
    });
    child.once('exit', (code) => {
      if (figures) resolve(figures);
      else reject(new Error(`the indexer ended with code ${code}`));
    });
  });
}

/** CPU time of indexer and Postgres together. */
function cpuMicrosPerEvent({ cpuMicros, postgresCpuMicros, events }: Run): number {
  return (cpuMicros + postgresCpuMicros) / events;
}

const median = (values: readonly number[]) => quantile(values, 0.5);

main(process.argv.includes('--json')).catch((error) => {
  console.error(error);
  process.exit(EXIT_FATAL);
});
