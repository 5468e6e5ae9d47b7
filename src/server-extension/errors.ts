import { randomUUID } from 'node:crypto';
import type { Logger } from '@subsquid/logger';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Codes of errors that are the asker's and say so themselves. */
const askersCodes = new Set(['BAD_USER_INPUT', 'GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED']);

/** What the driver says, without a code, when every connection is busy or the server ended one. */
const noConnection = /timeout exceeded when trying to connect|Connection terminated/;

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
  if (typeof code === 'string' && askersCodes.has(code)) {
    return { message: error.message, ...place, extensions: { code } };
  }
  const known = knownFailure(errorCode(error.originalError), error.message);
  if (known) return { message: known.message, ...place, extensions: { code: known.code } };
  // What fails outside any field is the document, its variables or its operation name.
  if (!error.path) return { message: error.message, extensions: { code: 'BAD_USER_INPUT' } };
  const reference = randomUUID();
  log.error({ reference, path: error.path.join('.'), err: error.originalError ?? error }, 'a query failed');
  return { message: 'internal error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', reference } };
}

/** Failures with a known way out, by SQLSTATE or the driver's code. */
function knownFailure(code: string, message: string): { message: string; code: string } | undefined {
  if (code === '57014') return { message: 'the query took too long', code: 'QUERY_TIMEOUT' };
  if (code === '42P01' || code === '3F000') {
    return { message: 'these tables do not exist yet; has the indexer or the oracle run?', code: 'NOT_READY' };
  }
  if (isDatabaseAway(code) || noConnection.test(message)) {
    return { message: 'the database does not answer, try again', code: 'UNAVAILABLE' };
  }
  return undefined;
}

/** Connection refused or cut, server starting or stopping (SQLSTATE 57P0x), or no connection left (53300). */
export function isDatabaseAway(code: string): boolean {
  return /^(ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|57P0|53300)/.test(code);
}

/** SQLSTATE or the driver's code of an error; empty when it has none. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
