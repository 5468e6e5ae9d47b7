import { FatalError } from '../runtime/errors';
import type { BlockHeader, EventPlace } from './source/types';

/** SQLSTATE classes and codes by which Postgres says that it cannot serve now: connection, resources, shutdown, start. */
const AWAY_STATES = /^(08|53|57P)/;
const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
/** What node-postgres and TypeORM throw without a code when a connection ends under them. */
const AWAY_MESSAGES =
  /Connection terminated|connection timeout|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Driver not Connected|QueryRunnerAlreadyReleased/i;

/** True for what passes when the database is reachable again. */
export function isAway(error: unknown): boolean {
  const { code, message, errors, driverError } = error as Record<string, unknown>;
  if (typeof code === 'string' && (AWAY_STATES.test(code) || AWAY_CODES.has(code))) return true;
  if (typeof message === 'string' && AWAY_MESSAGES.test(message)) return true;
  // A host name with several addresses fails with one error for each.
  if (Array.isArray(errors)) return errors.some(isAway);
  return driverError instanceof Error && driverError !== error && isAway(driverError);
}

/** One line of an error for a log attribute. */
export function shortReason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return String(message || code || error).slice(0, 200);
}

/** An event that the index cannot take in, with everything needed to find it. */
export class IndexingError extends Error {
  override readonly name = 'IndexingError';
  constructor(event: string, header: BlockHeader, place: EventPlace, cause: unknown) {
    super(
      `${event} ${place.id} in block ${header.height} (${header.hash}), transaction ${place.txHash}: ${shortReason(cause)}`,
      { cause },
    );
  }
}

/** The chain no longer has a block that the index treats as final. */
export function reorgBelowFinality(height: number, indexedHash: string, chainHash: string | undefined): FatalError {
  return new FatalError(
    `The chain was reorganised below finality: block ${height} is indexed as ${indexedHash}, the chain has ${chainHash ?? 'none'}`,
    'Indexed data of the dropped blocks cannot be undone row by row. Check that RPC_URL is the right chain, raise ' +
      'FINALITY_BLOCKS if this can happen again, then index anew: npx squid-commands resync',
    { height, indexedHash, chainHash },
  );
}
