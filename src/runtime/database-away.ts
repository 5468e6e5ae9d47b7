import { FatalError } from './errors';

/**
 * SQLSTATE by which Postgres says that it cannot serve now: connection lost (class 08), out of connections, memory or
 * disk (class 53), starting, stopping or cut off by an administrator (57P), a failing disk (class 58), or a standby that
 * only reads (25006), as after a failover.
 */
const AWAY_STATES = /^(08|53|57P|58|25006)/;
/** The system's codes of a connection that cannot be made or ended. */
const AWAY_CODES = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
/** What node-postgres and TypeORM throw without a code when a connection ends under them, or no longer answers. */
const AWAY_MESSAGES =
  /Connection terminated|connection timeout|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|not queryable|Driver not Connected|Query runner already released|query runner was already released/i;
/** Serialization failure and deadlock. */
const CONFLICT_STATES = new Set(['40001', '40P01']);

/** True for what passes when Postgres is reachable again: it is away, starting, stopping or full. */
export function isDatabaseAway(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, errors, driverError } = error as Record<string, unknown>;
  if (typeof code === 'string' && (AWAY_STATES.test(code) || AWAY_CODES.has(code))) return true;
  if (typeof message === 'string' && AWAY_MESSAGES.test(message)) return true;
  // A host name with several addresses fails with one error for each.
  if (Array.isArray(errors)) return errors.some(isDatabaseAway);
  return driverError !== error && isDatabaseAway(driverError);
}

/**
 * True when two transactions stood in each other's way and Postgres ended this one: it works when the whole of it runs
 * again, which transactions of oracle and index do. It is not "away": Postgres is there, so an asker of the API must not
 * hear that it is not.
 */
export function isTransactionConflict(error: unknown): boolean {
  return CONFLICT_STATES.has((error as { code?: string } | undefined)?.code ?? '');
}

/** SQLSTATE or the driver's code of an error; empty when it has none. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** SQLSTATE, or the driver's words, of a Postgres that is there and refuses us, with what is wrong and the way out. */
const REFUSALS: readonly { is(code: string, message: string): boolean; wrong: string; advice: string }[] = [
  {
    is: (code, message) => code.startsWith('28') || message.includes('client password must be'),
    wrong: 'DB_USER, DB_PASS: Postgres refuses them',
    advice: 'Correct DB_USER or DB_PASS.',
  },
  {
    is: (code) => code === '3D000',
    wrong: 'DB_NAME: Postgres has no such database',
    advice: 'Make the database that DB_NAME names, or correct DB_NAME.',
  },
  {
    is: (code) => code === '42501',
    wrong: 'DB_USER: Postgres does not let that user do this',
    advice: 'Make DB_USER the owner of the database and of its tables.',
  },
];

/** What a person must mend where Postgres is there and refuses us; undefined for any other error. */
export function refusedByPostgres(error: unknown): FatalError | undefined {
  const { driverError, message } = (error ?? {}) as { driverError?: unknown; message?: unknown };
  const code = errorCode(error) || errorCode(driverError);
  const refusal = REFUSALS.find(({ is }) => is(code, String(message)));
  return refusal && new FatalError(`${refusal.wrong}: ${message}`, refusal.advice, {}, { cause: error });
}
