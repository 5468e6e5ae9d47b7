import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createLogger } from '@subsquid/logger';
import { databaseAddress } from '../config/database';
import { METRICS } from '../config/metrics';
import type { SettingsOf } from '../config/settings';
import { errorCode, isDatabaseAway } from '../runtime/database-away';
import { FatalError } from '../runtime/errors';
import { startHealthServer } from '../runtime/health-server';
import { MetricsRegistry } from '../runtime/metrics';
import { retry } from '../runtime/patience';
import { aborted } from '../runtime/stop-signal';
import { apiChecks, readApi } from './health';
import { type Api, type ApiOptions, startApi } from './server';

const log = createLogger('dpin:api');
const STANDSTILL_RESOLUTION_MS = 5;

/**
 * Runs the GraphQL server until the signal fires. Waits for Postgres as long as that takes.
 * @throws FatalError for what a person must mend; the signal's reason when told to stop before Postgres came
 */
export async function runApi(settings: SettingsOf<'api'>, signal: AbortSignal): Promise<void> {
  const database = { ...databaseAddress(settings), oracleSchema: settings.ORACLE_SCHEMA };
  const { GQL_HOST: host, GQL_PORT: port, GQL_CORS_ORIGINS: corsOrigins } = settings;
  const metrics = new MetricsRegistry(METRICS.api);
  let api: Api | undefined;
  const health = await startHealthServer({
    host: settings.METRICS_HOST,
    port: settings.GQL_METRICS_PORT,
    setting: 'GQL_METRICS_PORT',
    checks: async () => (api ? apiChecks(api.watching) : { started: { ok: false } }),
    metrics: () => metrics.text(),
  });
  try {
    api = await startWithPatience({ database, host, port, corsOrigins, log, metrics }, signal);
    readApi(api.watching, metrics);
    watchStandstills(metrics);
    log.info({ url: `http://${host}:${api.port}/graphql` }, 'GraphQL answers');
    await aborted(signal);
  } finally {
    await health.close();
    await api?.close();
  }
}

/** Sees for how long the event loop stands still: nobody is answered meanwhile. */
function watchStandstills(metrics: MetricsRegistry<(typeof METRICS)['api']>): void {
  const delays = monitorEventLoopDelay({ resolution: STANDSTILL_RESOLUTION_MS });
  delays.enable();
  metrics.onLook(() => {
    metrics.set('dpin_api_standstill_seconds', {}, Math.max(0, delays.max / 1e9));
    delays.reset();
  });
}

function startWithPatience(options: ApiOptions, signal: AbortSignal): Promise<Api> {
  const { host, port } = options.database;
  return retry(() => startApi(options).catch((error: unknown) => Promise.reject(explained(error, options))), {
    isTransient: isDatabaseAway,
    onFailure: ({ error, waitMs }) =>
      log.warn({ host, port, code: errorCode(error), retryInMs: waitMs }, 'Postgres does not answer'),
    signal,
  });
}

function explained(error: unknown, { host, port, database }: ApiOptions): unknown {
  const code = errorCode(error);
  const { syscall, hostname } = error as { syscall?: string; hostname?: string };
  // The database's host may be one that does not resolve, too.
  if ((code === 'EADDRNOTAVAIL' && syscall === 'listen') || (code === 'ENOTFOUND' && hostname === host)) {
    return new FatalError(
      `GQL_HOST: this machine has no address ${host}`,
      'Set GQL_HOST to an address of this machine, for example GQL_HOST=127.0.0.1',
    );
  }
  if (code === 'EADDRINUSE') {
    return new FatalError(
      `GQL_PORT: port ${port} is taken`,
      'Stop what listens there or choose another port, for example GQL_PORT=4351',
    );
  }
  if (code === '28P01' || code === '28000') {
    return new FatalError(
      `DB_USER: Postgres refuses ${database.user}`,
      'Check DB_USER and DB_PASS, for example DB_USER=dpin',
    );
  }
  return error;
}
