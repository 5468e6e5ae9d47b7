import { createLogger } from '@subsquid/logger';
import type { DataSource, EntityManager } from 'typeorm';
import type { DatabaseSettings } from '../config/database';
import { isDatabaseAway } from '../runtime/database-away';
import { FatalError, RetryableError } from '../runtime/errors';
import type { EpochClock } from './rules/periods';
import { epochClockOf } from './rules/same-constants';
import { takeIndexLock } from './store/index-lock';
import { lookAtMigrations } from './store/look';
import { keptConstants } from './store/network-constants';
import { ormOptions, withSource } from './store/orm';
import { takeBackUnfinalized } from './store/rewind';
import { compareSeries, rebuildSeries, type SeriesComparison } from './store/rollups';

const log = createLogger('dpin:indexer');

/**
 * Compares the network's series with what the histories of the index come to. The indexer may run meanwhile.
 * @throws FatalError for tables of another release; RetryableError when nothing is indexed yet or Postgres is away
 */
export function checkRollups(settings: DatabaseSettings): Promise<SeriesComparison> {
  return onIndex(settings, (source, clock) =>
    source.transaction('REPEATABLE READ', (manager) => compareSeries(manager, clock)),
  );
}

/**
 * Makes the network's series anew from the histories of the index; all of it or nothing. Unfinalized blocks are taken
 * back before: what was noted to undo them would spoil the rows. The next start of the indexer takes them in again.
 * @returns number of rows made
 * @throws as `checkRollups`; FatalError when an indexer works on the database; the signal's reason
 */
export function rebuildRollups(settings: DatabaseSettings, signal: AbortSignal): Promise<number> {
  return onIndex(settings, async (source, clock) => {
    const lock = await takeIndexLock({ settings, log, signal, graceMs: 0 });
    try {
      return await source.transaction('SERIALIZABLE', async (manager) => {
        await takeBackUnfinalized(manager);
        return rebuildSeries(manager, clock);
      });
    } finally {
      await lock.release();
    }
  });
}

async function onIndex<T>(
  settings: DatabaseSettings,
  work: (source: DataSource, clock: EpochClock) => Promise<T>,
): Promise<T> {
  try {
    await requireThisRelease(settings);
    return await withSource(ormOptions(settings, { statementTimeoutMs: 0 }), async (source) =>
      work(source, await clockOf(source.manager)),
    );
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    throw new RetryableError('Postgres does not answer', {}, { cause: error });
  }
}

async function requireThisRelease(settings: DatabaseSettings): Promise<void> {
  const { applied, pending, foreign } = await lookAtMigrations(settings);
  if (applied.length === 0) throw notYet();
  const [name] = [...pending, ...foreign];
  if (name === undefined) return;
  throw new FatalError(
    `The tables of the index are those of another release: migration ${name} differs`,
    'Start npx dpin process of this release, which brings them up to date, then call this again.',
  );
}

async function clockOf(manager: EntityManager): Promise<EpochClock> {
  const constants = await keptConstants(manager);
  if (constants === undefined) throw notYet();
  return epochClockOf(constants);
}

function notYet(): RetryableError {
  return new RetryableError('Nothing is indexed yet by this release: start npx dpin process');
}
