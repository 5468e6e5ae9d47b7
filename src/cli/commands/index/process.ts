import { createLogger } from '@subsquid/logger';
import { readSettings } from '../../../config/settings';
import { startIndexer } from '../../../indexer/main';

const log = createLogger('dpin:indexer');

/** A transaction under way when the process is told to stop gets this long to finish; then it is left to be rolled back. */
const DRAIN_MS = 4_000;

/** `dpin process`: indexes the chain until it is told to stop. */
export async function run(): Promise<void> {
  const settings = readSettings('indexer', process.env);
  const signalled = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
  const stopped = signalled.then((signal) => {
    log.info({ signal }, 'stopping');
    return 'stop' as const;
  });

  const starting = startIndexer(settings);
  starting.catch(() => undefined);
  const indexer = await Promise.race([starting, stopped]);
  if (indexer === 'stop') process.exit(0);
  await Promise.race([indexer.finished, stopped]);
  await Promise.race([indexer.drained(), new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref())]);
  // Polling of the endpoint and the metrics server would keep the process alive.
  process.exit(0);
}
