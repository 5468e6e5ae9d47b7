import type { Logger } from '@subsquid/logger';
import type { DatabaseSettings } from '../../config/database';
import { LifetimeLock } from '../../database/lifetime-lock';

export interface IndexLockOptions {
  settings: DatabaseSettings;
  log: Logger;
  /** Ends the attempts. */
  signal: AbortSignal;
  /** How long another holder is waited for; default 12 s. */
  graceMs?: number;
}

/**
 * Makes two indexers on one database impossible until the process ends: each would undo and repeat what the other did.
 * @throws FatalError when another indexer is there, naming it; the signal's reason when told to stop
 */
export function takeIndexLock(options: IndexLockOptions): Promise<LifetimeLock> {
  return LifetimeLock.take({
    ...options,
    owner: 'indexer',
    claims: [{ key: ['dpin indexer', 'public'], taken: 'An indexer works on this database already' }],
    advice: 'Stop that one first: a database has one indexer.',
  });
}
