import { Logger } from '@subsquid/logger';
import { Command, InvalidArgumentError } from 'commander';
import type { Findings } from './inspect';
import { simulateRounds } from './run';

interface Options {
  seed: number;
  seeds: number;
  rounds: number;
  nodes: number;
  faults: number;
  json?: true;
  log?: true;
}

/** A count of what a run cannot be without. */
function some(text: string): number {
  const count = whole(text);
  if (count === 0) throw new InvalidArgumentError('at least 1');
  return count;
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('not a whole number');
  return Number(text);
}

/** What the oracle logs of a run: nothing, unless asked for. */
function logger(isShown: boolean): Logger {
  const show = ({ msg, ...facts }: Record<string, unknown>) => print(JSON.stringify({ msg, ...facts }, bigintAsText));
  return new Logger(isShown ? (record) => show({ ...record }) : () => undefined, 'dpin:simulation');
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

const program = new Command('simulate:rounds')
  .description('Runs the real rounds on a simulated clock, network, chain and database, through faults from a seed.')
  .option('--seed <n>', 'first seed', whole, 1)
  .option('--seeds <n>', 'how many seeds, one after the other', some, 1)
  .option('--rounds <n>', 'rounds of each run', some, 20)
  .option('--nodes <n>', 'nodes, every second one honest', some, 20)
  .option('--faults <n>', 'faults of each run', whole, 10)
  .option('--log', 'print what the oracle logs')
  .option('--json', 'print JSON');

async function main(options: Options): Promise<void> {
  const { seed: first, seeds, rounds, nodes, faults, json, log } = options;
  const startMs = performance.now();
  let failing = 0;
  for (let seed = first; seed < first + seeds; seed++) {
    const findings = await simulateRounds({ seed, rounds, nodes, faults, log: logger(log === true) });
    if (findings.problems.length > 0) failing++;
    if (json) print(JSON.stringify(findings));
    else show(findings, options);
  }
  if (!json) {
    const seconds = (performance.now() - startMs) / 1000;
    const what = `${seeds} seeds of ${rounds} rounds, ${nodes} nodes and ${faults} faults`;
    print(`${what} in ${seconds.toFixed(1)} s: ${failing === 0 ? 'nothing to object' : `${failing} with problems`}`);
  }
  if (failing > 0) process.exitCode = 1;
}

function show({ seed, problems, verdicts }: Findings, { rounds, nodes, faults }: Options): void {
  const counts = Object.entries(verdicts).map(([code, count]) => `${code} ${count}`);
  print(`seed ${seed}: ${counts.sort().join(', ')}`);
  if (problems.length === 0) return;
  for (const problem of problems.slice(0, 20)) print(`  ${problem}`);
  const again = `npm run -s simulate:rounds -- --seed ${seed} --rounds ${rounds} --nodes ${nodes} --faults ${faults}`;
  print(`  again: ${again}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main(program.parse().opts<Options>()).catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
