import { createLogger } from '@subsquid/logger';
import cron from 'node-cron';
import type { SettingsOf } from '../../config/settings';
import { Stopped } from '../../runtime/stop-signal';
import { shortReason } from '../failures';
import { auditIndex } from './audit';

const log = createLogger('dpin:audit');

/** Differences that a log line names. */
const SHOWN = 5;

/**
 * Audits the index at the times of AUDIT_CRON until the signal fires. What comes of it is logged, and stays in the
 * database for GraphQL; indexing goes on in any case.
 */
export function scheduleAudits(settings: SettingsOf<'indexer'>, signal: AbortSignal): void {
  if (settings.AUDIT_CRON === '') return;
  const audit = async () => {
    try {
      const { ok, block, compared, differenceCount, differences } = await auditIndex(settings, signal);
      if (ok) {
        log.info({ block, compared }, 'the index equals the chain');
        return;
      }
      const first = differences
        .slice(0, SHOWN)
        .map(
          ({ entity, id, field, indexed, onChain }) => `${entity} ${id} ${field}: ${indexed}, on the chain ${onChain}`,
        );
      log.error({ block, compared, differences: differenceCount, first }, 'the index differs from the chain');
    } catch (error) {
      if (!(error instanceof Stopped)) log.warn({ reason: shortReason(error) }, 'the audit was not finished');
    }
  };
  const task = cron.schedule(settings.AUDIT_CRON, audit, { noOverlap: true });
  signal.addEventListener('abort', () => void task.destroy(), { once: true });
}
