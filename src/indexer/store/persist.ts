import { createLogger } from '@subsquid/logger';
import { errorCode, isDatabaseAway, isTransactionConflict } from '../../runtime/database-away';
import { RetryableError } from '../../runtime/errors';
import { retry } from '../../runtime/patience';
import { shortReason } from '../failures';

const log = createLogger('dpin:indexer:db');

/** SQLSTATE of a statement that took longer than it may, or waited too long for a lock. */
const TOO_LONG = new Set(['57014', '55P03']);
/** Refusals in a row, with growing pauses about 40 seconds: then a supervisor may start the process anew. */
const REFUSALS = 10;

/** True for what Postgres refuses now and may take the next time: a conflict, a deadlock, a statement that waited. */
export function isRefusedForNow(error: unknown): boolean {
  return isTransactionConflict(error) || TOO_LONG.has(errorCode(error));
}

/**
 * Does the work, again and again with backoff while Postgres is away, and a few times when it ended a transaction that
 * may pass the next time; `attempt` counts from 0.
 * @throws RetryableError when Postgres keeps ending it
 */
export function persist<T>(work: (attempt: number) => Promise<T>): Promise<T> {
  let refusals = 0;
  let isAway = false;
  const saidWhenBack = async (attempt: number) => {
    const result = await work(attempt);
    if (isAway) log.info({ attempts: attempt + 1 }, 'Postgres is back');
    return result;
  };
  return retry(saidWhenBack, {
    isTransient: (error) => isDatabaseAway(error) || isRefusedForNow(error),
    onFailure: ({ error, waitMs }) => {
      const reason = shortReason(error);
      if (!isRefusedForNow(error)) {
        isAway = true;
        log.warn({ reason, waitMs }, 'Postgres is away; trying again');
        return;
      }
      refusals += 1;
      if (refusals > REFUSALS) {
        throw new RetryableError(`Postgres keeps ending a transaction: ${reason}`, {}, { cause: error });
      }
      log.warn({ reason, waitMs }, 'Postgres ended a transaction; trying again');
    },
  });
}
