import { randomUUID } from 'node:crypto';
import type { Logger } from '@subsquid/logger';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { errorCode, isDatabaseAway } from '../runtime/database-away';

/** Codes of errors that are the asker's and say so themselves. */
const ASKERS_CODES = new Set(['BAD_USER_INPUT', 'GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED']);

/** An argument that cannot be answered; the message goes to the asker. */
export function inputError(message: string): GraphQLError {
  return new GraphQLError(message, undefined, undefined, undefined, undefined, undefined, { code: 'BAD_USER_INPUT' });
}

/**
 * What the asker is told of an error: their own mistakes as they are, ours without stack, SQL or parameters. What we
 * hide is logged under the reference that the answer carries.
 */
export function publicError(error: GraphQLError, log: Logger): GraphQLFormattedError {
  const place = { locations: error.locations, path: error.path };
  const code: unknown = error.extensions?.['code'];
  if (typeof code === 'string' && ASKERS_CODES.has(code)) {
    return { message: error.message, ...place, extensions: { code } };
  }
  const known = knownFailure(error.originalError ?? error);
  if (known) return { message: known.message, ...place, extensions: { code: known.code } };
  // What fails outside any field is the document, its variables or its operation name.
  if (!error.path) return { message: error.message, extensions: { code: 'BAD_USER_INPUT' } };
  const reference = randomUUID();
  log.error({ reference, path: error.path.join('.'), err: error.originalError ?? error }, 'a query failed');
  return { message: 'internal error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', reference } };
}

/** Failures with a known way out. */
function knownFailure(error: Error): { message: string; code: string } | undefined {
  const code = errorCode(error);
  if (code === '57014') return { message: 'the query took too long', code: 'QUERY_TIMEOUT' };
  if (code === '2201W' || code === '2201X') return { message: 'limit and offset start from 0', code: 'BAD_USER_INPUT' };
  // What Postgres calls a data exception is a value of the asker: statements and columns are ours.
  if (code.startsWith('22')) return { message: 'a value is none that can be compared', code: 'BAD_USER_INPUT' };
  if (code === '42P01' || code === '3F000') {
    return { message: 'these tables do not exist yet; has the indexer or the oracle run?', code: 'NOT_READY' };
  }
  if (isDatabaseAway(error)) {
    return { message: 'the database does not answer, try again', code: 'UNAVAILABLE' };
  }
  return undefined;
}
