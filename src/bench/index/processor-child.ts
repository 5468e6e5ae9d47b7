import { SnakeNamingStrategy } from '@subsquid/typeorm-config/lib/namingStrategy';
import type { Store } from '@subsquid/typeorm-store';
import { TypeormDatabase } from '@subsquid/typeorm-store';
import type { HotDatabase } from '@subsquid/util-internal-processor-tools';
import { DataSource } from 'typeorm';
import { databaseAddress } from '../../config/database';
import { readSettings, rpcUrls, type SettingsOf } from '../../config/settings';
import { readIfThere } from '../../devnet/machine/processes';
import { handlerTable, indexBatch, logFilters } from '../../indexer/batch';
import { HANDLERS } from '../../indexer/handlers';
import { finalityOf, startIndexer } from '../../indexer/main';
import { whatToIndex } from '../../indexer/network';
import { epochClockOf } from '../../indexer/rules/same-constants';
import { createProcessor } from '../../indexer/source/processor';
import { TrackedStore } from '../../indexer/store/tracked-store';
import * as model from '../../model';
import { EXIT_FATAL } from '../../runtime/exit';

/** What one sync took, as its process knows it. */
export interface SyncFigures {
  events: number;
  seconds: number;
  /** CPU time of the process, µs. */
  cpuMicros: number;
  peakRssMb: number;
}

type OnBatch = (events: number) => void;

/** The product. */
async function ours(settings: SettingsOf<'indexer'>, toBlock: number, onBatch: OnBatch): Promise<void> {
  const indexer = await startIndexer(settings, { toBlock, onBatch });
  await indexer.finished;
}

/** The processor as its makers ship it: its own RPC source, TypeORM's writes, every key and index from the start. */
class PlainDatabase extends TypeormDatabase {
  constructor(private readonly settings: SettingsOf<'indexer'>) {
    super({ supportHotBlocks: true });
  }

  protected override async initializeDataSource(): Promise<DataSource> {
    const { user: username, ...address } = databaseAddress(this.settings);
    const source = new DataSource({
      type: 'postgres',
      ...address,
      username,
      namingStrategy: new SnakeNamingStrategy(),
      entities: Object.values(model).filter((value) => typeof value === 'function'),
      synchronize: true,
    });
    return source.initialize();
  }
}

/** The same handlers on the plain processor. */
async function plain(settings: SettingsOf<'indexer'>, toBlock: number, onBatch: OnBatch): Promise<void> {
  const { deployment, constants } = await whatToIndex(settings);
  const clock = epochClockOf(constants);
  const table = handlerTable(HANDLERS, deployment.contracts);
  const processor = createProcessor({
    rpcUrls: rpcUrls(settings.RPC_URL),
    chainId: settings.CHAIN_ID,
    finality: finalityOf(settings),
    fromBlock: deployment.deployBlock,
    toBlock,
    filters: logFilters(table, deployment.contracts, { ReputationOracle: deployment.deployBlock }),
    source: 'rpc',
    archive: { url: '', key: '' },
    headPollMs: 500,
  });
  const database = new PlainDatabase(settings) as unknown as HotDatabase<Store>;
  await processor.run(database, async (store, blocks) =>
    onBatch(await indexBatch(table, clock, new TrackedStore(store), blocks)),
  );
}

/** Indexes once, in a process of its own: CPU time and memory are the sync's alone. */
async function main(): Promise<void> {
  const sync = process.argv[2] === 'plain' ? plain : ours;
  const settings = readSettings('indexer', process.env);
  let events = 0;
  const startMs = performance.now();
  const before = process.cpuUsage();
  await sync(settings, Number(process.env['BENCH_TO_BLOCK']), (count) => {
    events += count;
  });
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(before);
  const figures: SyncFigures = { events, seconds, cpuMicros: user + system, peakRssMb: peakRssMb() };
  process.send?.(figures, () => process.exit(0));
}

/** Highest resident memory. What the system counts for a child begins with its parent's, where /proc does not. */
function peakRssMb(): number {
  const kilobytes = readIfThere('/proc/self/status')?.match(/^VmHWM:\s+(\d+) kB/m)?.[1];
  return (kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes)) / 1024;
}

main().catch((error) => {
  console.error(error);
  process.exit(EXIT_FATAL);
});
