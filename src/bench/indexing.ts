import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseEnvironment } from '../config/database';
import { readSettings } from '../config/settings';
import { startAnvil } from '../devnet/machine/anvil';
import { freePorts } from '../devnet/machine/ports';
import { removePostgres, startPostgres } from '../devnet/machine/postgres';
import { DEVNET_CHAIN_ID, DEVNET_MNEMONIC, FINALITY_BLOCKS } from '../devnet/network';
import { startIndexer } from '../indexer/main';
import { EXIT_FATAL } from '../runtime/exit';
import { writeDenseChain } from './fixtures/dense-chain';

/**
 * `npm run bench:index`: indexes a dense local chain into an empty database, with the product's own source and, in the
 * same run, with the processor's own unfiltered RPC source, on fresh anvil and Postgres.
 */
const EVENTS = 80_000;
const ACCOUNTS = 30;

interface Figures {
  events: number;
  blocks: number;
  eventsPerSecond: number;
  cpuMicrosPerEvent: number;
  peakRssMb: number;
}

async function main(json: boolean): Promise<void> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`machine: ${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.version}`);
  const dir = mkdtempSync(join(tmpdir(), 'dpin-bench-'));
  const [chainPort, databasePort] = (await freePorts(2)) as [number, number];
  const chain = await startAnvil({
    port: chainPort,
    mnemonic: DEVNET_MNEMONIC,
    accounts: ACCOUNTS,
    chainId: DEVNET_CHAIN_ID,
  });
  try {
    const writtenMs = performance.now();
    const { deployment, lastBlock } = await writeDenseChain(chain.url, EVENTS);
    const deploymentFile = join(dir, 'deployment.json');
    writeFileSync(deploymentFile, JSON.stringify(deployment));
    print(`chain: ${lastBlock} blocks written in ${((performance.now() - writtenMs) / 1000).toFixed(1)} s`);

    const results: Record<string, Figures> = {};
    for (const source of ['filtered', 'rpc']) {
      const postgres = await startPostgres({ dir, port: databasePort, database: `bench_${source}` });
      results[source] = await indexInChild({
        RPC_URL: chain.url,
        CHAIN_ID: String(DEVNET_CHAIN_ID),
        DEPLOYMENT_FILE: deploymentFile,
        FINALITY_BLOCKS: String(FINALITY_BLOCKS),
        INDEX_SOURCE: source,
        ...databaseEnvironment(postgres.address),
        BENCH_TO_BLOCK: String(lastBlock),
      });
      await postgres.stop();
    }
    const { filtered, rpc } = results as Record<'filtered' | 'rpc', Figures>;
    const row = (name: string, figures: Figures) =>
      print(
        `${name.padEnd(24)}${String(figures.events).padStart(8)}${String(figures.blocks).padStart(8)}` +
          `${figures.eventsPerSecond.toFixed(0).padStart(10)}${figures.cpuMicrosPerEvent.toFixed(1).padStart(14)}` +
          `${figures.peakRssMb.toFixed(0).padStart(10)}`,
      );
    print(`${''.padEnd(24)}  events  blocks  events/s  CPU µs/event  peak MB`);
    row('this indexer', filtered);
    row('unfiltered RPC source', rpc);
    print(`ratio: ${(filtered.eventsPerSecond / rpc.eventsPerSecond).toFixed(2)} times the events per second`);
    if (json) print(JSON.stringify(filtered));
  } finally {
    await chain.stop();
    await removePostgres(dir);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Indexes in a process of its own, so that its CPU time and memory are the indexer's alone. */
function indexInChild(env: Record<string, string>): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const child = fork(__filename, ['--child'], {
      env: { ...process.env, SQD_WARN: '*', ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (figures) => resolve(figures as Figures));
    child.once('exit', (code) => reject(new Error(`the indexer ended with code ${code}`)));
  });
}

async function indexHere(): Promise<void> {
  let events = 0;
  const settings = readSettings('indexer', process.env);
  const toBlock = Number(process.env['BENCH_TO_BLOCK']);
  const startMs = performance.now();
  const before = process.cpuUsage();
  const indexer = await startIndexer(settings, {
    toBlock,
    onBatch: (count) => {
      events += count;
    },
  });
  await indexer.finished;
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(before);
  const figures: Figures = {
    events,
    blocks: toBlock,
    eventsPerSecond: events / seconds,
    cpuMicrosPerEvent: (user + system) / events,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  };
  process.send?.(figures, () => process.exit(0));
}

const work = process.argv.includes('--child') ? indexHere() : main(process.argv.includes('--json'));
work.catch((error) => {
  console.error(error);
  process.exit(EXIT_FATAL);
});
