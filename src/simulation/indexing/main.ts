import { Command, InvalidArgumentError } from 'commander';
import { EXIT_FATAL } from '../../runtime/exit';
import { Stopped, stopSignal, unlessStopped } from '../../runtime/stop-signal';
import { type Findings, simulateIndex } from './run';
import { STOP_NAMES, type StopName, simulateStop } from './stops';
import { World } from './world';

interface Options {
  seed: number;
  seeds: number;
  seconds: number;
  stop?: StopName | 'all';
  json?: true;
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('not a whole number');
  return Number(text);
}

function some(text: string): number {
  const count = whole(text);
  if (count === 0) throw new InvalidArgumentError('at least 1');
  return count;
}

function stopName(text: string): StopName | 'all' {
  const name = [...STOP_NAMES, 'all' as const].find((one) => one === text);
  if (name === undefined) throw new InvalidArgumentError(`one of ${STOP_NAMES.join(', ')}, all`);
  return name;
}

const program = new Command('simulate:index')
  .description(
    'Runs the real indexer on a real chain and Postgres through trouble from a seed, then compares its tables.',
  )
  .option('--seed <n>', 'first seed', whole, 1)
  .option('--seeds <n>', 'how many seeds, one after the other', some, 1)
  .option('--seconds <n>', 'how long the trouble of each lasts', some, 8)
  .option('--stop <name>', 'what cannot be healed, and must stop the indexer, instead; or all', stopName)
  .option('--json', 'print JSON, a line for each seed');

async function main(options: Options): Promise<void> {
  const signal = stopSignal({ orderly: true });
  const world = await World.start();
  try {
    await unlessStopped(simulate(world, options), signal);
  } finally {
    await world.stop();
  }
}

async function simulate(world: World, options: Options): Promise<void> {
  for (let seed = options.seed; seed < options.seed + options.seeds; seed++) {
    if (options.stop === undefined) await heal(world, seed, options);
    else
      for (const name of options.stop === 'all' ? STOP_NAMES : [options.stop]) await stop(world, seed, name, options);
  }
}

async function heal(world: World, seed: number, { seconds, json }: Options): Promise<void> {
  const findings = await simulateIndex(world, { seed, seconds });
  print(json ? JSON.stringify(findings) : described(findings));
  if (findings.problems.length > 0) fail(`--seed ${seed} --seconds ${seconds}`);
}

async function stop(world: World, seed: number, name: StopName, { json }: Options): Promise<void> {
  const findings = await simulateStop(world, name, seed);
  const { ok, exitCode, problems } = findings;
  print(
    json
      ? JSON.stringify(findings)
      : `seed ${seed}, ${name}: exit code ${exitCode}, ${ok ? 'as it must be' : problems.join('\n  ')}`,
  );
  if (!ok) fail(`--seed ${seed} --stop ${name}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(again: string): void {
  process.exitCode = EXIT_FATAL;
  process.stderr.write(`again: npm run -s simulate:index -- ${again}\n`);
}

function described({ seed, faults, reorgs, kills, databaseRestarts, rows, problems }: Findings): string {
  const trouble = `${faults} faults, ${reorgs} reorgs, ${kills} kills, ${databaseRestarts} restarts of Postgres`;
  const outcome = problems.length === 0 ? `${rows} rows, all as in a clean index` : problems.join('\n  ');
  return `seed ${seed}: ${trouble}: ${outcome}`;
}

main(program.parse().opts<Options>()).then(
  () => process.exit(),
  (error: Error) => {
    if (!(error instanceof Stopped)) process.stderr.write(`${error.stack}\n`);
    process.exit(EXIT_FATAL);
  },
);
