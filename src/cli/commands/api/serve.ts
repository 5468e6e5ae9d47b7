import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@subsquid/logger';
import { readSettings } from '../../../config/settings';
import { FatalError } from '../../../runtime/errors';
import { errorCode, isDatabaseAway } from '../../../server-extension/errors';
import { type Api, type ApiOptions, startApi } from '../../../server-extension/server';

const log = createLogger('dpin:api');
const firstWaitMs = 250;
const longestWaitMs = 10_000;

/** `dpin serve`: the GraphQL server, until the process is told to stop. Waits for Postgres as long as that takes. */
export async function run(): Promise<void> {
  const settings = readSettings('api', process.env);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  const api = await startWithPatience(
    {
      database: {
        host: settings.DB_HOST,
        port: settings.DB_PORT,
        database: settings.DB_NAME,
        user: settings.DB_USER,
        password: settings.DB_PASS,
      },
      port: settings.GQL_PORT,
      log,
    },
    stop.signal,
  );
  if (!api) return;
  log.info({ url: `http://127.0.0.1:${api.port}/graphql` }, 'GraphQL answers');
  await stopped(stop.signal);
  await api.close();
}

/** Undefined when told to stop before Postgres came. */
async function startWithPatience(options: ApiOptions, signal: AbortSignal): Promise<Api | undefined> {
  for (let waitMs = firstWaitMs; !signal.aborted; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    try {
      return await startApi(options);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EADDRINUSE') {
        throw new FatalError(
          `GQL_PORT: port ${options.port} is taken`,
          'Stop what listens there or choose another port, for example GQL_PORT=4351',
        );
      }
      if (code === '28P01' || code === '28000') {
        throw new FatalError(
          `DB_USER: Postgres refuses ${options.database.user}`,
          'Check DB_USER and DB_PASS, for example DB_USER=dpin',
        );
      }
      if (!isDatabaseAway(code)) throw error;
      const { host, port } = options.database;
      log.warn({ host, port, code, retryInMs: waitMs }, 'Postgres does not answer');
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
