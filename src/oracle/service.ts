import { setMaxListeners } from 'node:events';
import { createLogger, type Logger } from '@subsquid/logger';
import cron, { type ScheduledTask } from 'node-cron';
import { METRICS } from '../config/metrics';
import type { SettingsOf } from '../config/settings';
import { type Closer, drain } from '../runtime/exit';
import { startHealthServer } from '../runtime/health-server';
import { MetricsRegistry } from '../runtime/metrics';
import { aborted, unlessStopped } from '../runtime/stop-signal';
import { createOracle, type Oracle } from './create';
import { oracleChecks, readOracle } from './health';
import type { Retention } from './store/retention';

/** Work under way at the stop gets this long; the database knows where to go on. */
const STOP_MS = 2_500;
/** Once an hour, at a minute when nothing else is likely to start. */
const PRUNING_TIMES = '41 * * * *';

/**
 * Runs a reporter's oracle until the signal fires.
 * @throws FatalError for what a person must mend; RetryableError when the chain stays away at the start
 */
export async function runOracle(settings: SettingsOf<'oracle'>, stop: AbortSignal): Promise<void> {
  // A failure stops the same work as the caller's signal does.
  const failure = new AbortController();
  const signal = AbortSignal.any([stop, failure.signal]);
  // Every wait listens to it; there are as many as rounds, challenges and transactions under way.
  setMaxListeners(0, signal);
  const log = createLogger('dpin:oracle');
  const metrics = new MetricsRegistry(METRICS.oracle);
  const closing: Closer[] = [];
  let running: Oracle | null = null;
  try {
    const health = await startHealthServer({
      host: settings.METRICS_HOST,
      port: settings.ORACLE_METRICS_PORT,
      setting: 'ORACLE_METRICS_PORT',
      checks: async () => (running ? oracleChecks(running) : { started: { ok: false } }),
      metrics: () => metrics.text(),
    });
    closing.push(() => health.close());
    // An endpoint or a database that is away would otherwise hold up the stop as well.
    const oracle = await unlessStopped(createOracle({ settings, metrics, log, signal, closing }), signal);
    const port = await oracle.gateway.listen();
    await oracle.presence.listens();
    readOracle(oracle, metrics);
    running = oracle;
    log.info({ port, reporter: oracle.reporter, chainId: oracle.chainId }, 'oracle listens');
    await tickUntilStopped(oracle, log, signal);
  } catch (error) {
    // What was interrupted by the stop is no failure.
    if (!stop.aborted) throw error;
  } finally {
    failure.abort(new Error('the oracle stops'));
    await drain(closing, STOP_MS);
  }
}

/**
 * Ticks of rounds and epochs and a sign of life each second, pruning each hour.
 * @throws what makes closing epochs impossible for good; RetryableError when another oracle took the lock
 */
async function tickUntilStopped(oracle: Oracle, log: Logger, signal: AbortSignal): Promise<void> {
  const { scheduler, closer, presence, retention, lock } = oracle;
  let fail!: (error: unknown) => void;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const failUnlessStopped = (error: unknown) => {
    if (!signal.aborted) fail(error);
  };
  let isBeating = false;
  const beat = () => {
    // One at a time: it waits while the database is away.
    if (isBeating) return;
    isBeating = true;
    presence
      .beat()
      .catch(failUnlessStopped)
      .finally(() => {
        isBeating = false;
      });
  };
  const task = cron.schedule('* * * * * *', () => {
    scheduler.tick().catch(fail);
    closer.tick().catch(failUnlessStopped);
    beat();
  });
  const pruning = pruneHourly(retention, log, signal);
  try {
    await Promise.race([aborted(signal), failed, lock.lost]);
  } finally {
    await Promise.all([task.destroy(), pruning.destroy()]);
  }
}

/** Nothing waits for the pruning: what it did not come to, it does an hour later. */
function pruneHourly(retention: Retention, log: Logger, signal: AbortSignal): ScheduledTask {
  const prune = async () => {
    try {
      const pruned = await retention.prune(Date.now());
      if (Object.values(pruned).some((count) => count > 0)) log.info({ ...pruned }, 'old records deleted');
    } catch (error) {
      if (!signal.aborted) log.warn({ error: (error as Error).message }, 'old records could not be deleted');
    }
  };
  return cron.schedule(PRUNING_TIMES, prune, { noOverlap: true });
}
