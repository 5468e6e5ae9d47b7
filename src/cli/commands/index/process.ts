import { createLogger } from '@subsquid/logger';
import { readSettings } from '../../../config/settings';
import { startIndexer } from '../../../indexer/main';
import { drain } from '../../../runtime/exit';
import { aborted, type Stopped, stopSignal } from '../../../runtime/stop-signal';

const log = createLogger('dpin:indexer');

/** A transaction under way when the process is told to stop gets this long to finish; then it is left to be rolled back. */
const DRAIN_MS = 4_000;

/** `dpin process`: indexes the chain until it is told to stop. */
export async function run(): Promise<void> {
  const settings = readSettings('indexer', process.env);
  const signal = stopSignal();
  const stopped = aborted(signal).then(() => {
    log.info({ signal: (signal.reason as Stopped).signal }, 'stopping');
    return 'stop' as const;
  });

  const starting = startIndexer(settings);
  starting.catch(() => undefined);
  const indexer = await Promise.race([starting, stopped]);
  if (indexer === 'stop') process.exit(0);
  await Promise.race([indexer.finished, stopped]);
  await drain([() => indexer.drained()], DRAIN_MS);
  // Polling of the endpoint and the metrics server would keep the process alive.
  process.exit(0);
}
