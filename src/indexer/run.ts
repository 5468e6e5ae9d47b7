import { createLogger } from '@subsquid/logger';
import type { SettingsOf } from '../config/settings';
import { drain } from '../runtime/exit';
import { aborted, type Stopped } from '../runtime/stop-signal';
import { scheduleAudits } from './audit/schedule';
import { watchIndexer } from './health';
import { DRAIN_MS, startIndexer } from './main';

const log = createLogger('dpin:indexer');

/**
 * Indexes the chain until the signal fires, audits the index now and then, and shows how it does. The caller ends the
 * process: polling would keep it alive.
 */
export async function runIndexer(settings: SettingsOf<'indexer'>, signal: AbortSignal): Promise<void> {
  const { metrics, server } = await watchIndexer(settings);
  try {
    const stopped = aborted(signal).then(() => {
      log.info({ signal: (signal.reason as Stopped).signal }, 'stopping');
      return 'stop' as const;
    });
    const onBatch = (events: number) => metrics.add('dpin_indexer_events_total', {}, events);
    const starting = startIndexer(settings, { onBatch, signal });
    starting.catch(() => undefined);
    const indexer = await Promise.race([starting, stopped]);
    if (indexer === 'stop') return;
    scheduleAudits(settings, signal);
    await Promise.race([indexer.finished, stopped]);
    await drain([() => indexer.drained()], DRAIN_MS);
  } finally {
    await server.close();
  }
}
