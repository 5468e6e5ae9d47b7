import { randomUUID } from 'node:crypto';
import type { Logger } from '@subsquid/logger';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { errorCode, isDatabaseAway } from '../runtime/database-away';

/** Codes of errors whose words are for the asker: their own mistakes, and failures with a known way out. */
const TOLD_CODES = new Set([
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'NOT_READY',
  'QUERY_TIMEOUT',
  'QUERY_TOO_COSTLY',
  'UNAVAILABLE',
]);

/** An argument that cannot be answered; the message goes to the asker. */
export function inputError(message: string): GraphQLError {
  return told(message, 'BAD_USER_INPUT');
}

/** The answer might have more values than one may have. */
export function tooManyValues(values: number, allowed: number): GraphQLError {
  const message = `the query costs too much: the answer might have ${values} values, where ${allowed} are allowed`;
  return told(message, 'QUERY_TOO_COSTLY', { cost: { values } });
}

/** The request has had its time. */
export function tookTooLong(): GraphQLError {
  return told('the query took too long', 'QUERY_TIMEOUT');
}

/** Nothing is wrong with the request: it may work the next moment. */
export function unavailable(message: string): GraphQLError {
  return told(message, 'UNAVAILABLE');
}

function told(message: string, code: string, extensions: Readonly<Record<string, unknown>> = {}): GraphQLError {
  return new GraphQLError(message, undefined, undefined, undefined, undefined, undefined, { code, ...extensions });
}

/** HTTP status of an answer without data, by the codes of its errors; the first that is here counts. */
const STATUS: Readonly<Record<string, number>> = {
  UNAVAILABLE: 503,
  NOT_READY: 503,
  QUERY_TIMEOUT: 504,
  INTERNAL_SERVER_ERROR: 500,
  BAD_USER_INPUT: 400,
  QUERY_TOO_COSTLY: 400,
};

/** HTTP status of an answer; undefined where it has some data, or its errors say nothing of it. */
export function statusOf({
  data,
  errors = [],
}: {
  data?: unknown;
  errors?: readonly GraphQLFormattedError[] | undefined;
}) {
  if (Object.values(data ?? {}).some((value) => value !== null)) return undefined;
  const codes = errors.map(({ extensions }) => String(extensions?.['code']));
  const known = Object.keys(STATUS).find((code) => codes.includes(code));
  return known === undefined ? undefined : STATUS[known];
}

/**
 * What the asker is told of an error: their own mistakes as they are, ours without stack, SQL or parameters. What we
 * hide is logged under the reference that the answer carries.
 */
export function publicError(error: GraphQLError, log: Logger): GraphQLFormattedError {
  const place = { locations: error.locations, path: error.path };
  const code: unknown = error.extensions?.['code'];
  if (typeof code === 'string' && TOLD_CODES.has(code)) {
    const { cost } = error.extensions ?? {};
    return { message: error.message, ...place, extensions: { code, ...(cost ? { cost } : {}) } };
  }
  // What fails outside any field is the document, its variables or its operation name.
  if (!error.path) return { message: error.message, extensions: { code: 'BAD_USER_INPUT' } };
  const reference = randomUUID();
  log.error({ reference, path: error.path.join('.'), err: error.originalError ?? error }, 'a query failed');
  return { message: 'internal error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', reference } };
}

/** An error of the database with a known way out, in words for the asker; undefined for others. */
export function knownFailure(error: unknown): GraphQLError | undefined {
  const code = errorCode(error);
  if (code === '57014') return tookTooLong();
  if (code === '2201W' || code === '2201X') return inputError('limit and offset start from 0');
  // What Postgres calls a data exception is a value of the asker: statements and columns are ours.
  if (code.startsWith('22')) return inputError('a value is none that can be compared');
  if (code === '42P01' || code === '3F000') {
    return told('these tables do not exist yet; has the indexer or the oracle run?', 'NOT_READY');
  }
  return isDatabaseAway(error) ? unavailable('the database does not answer, try again') : undefined;
}
