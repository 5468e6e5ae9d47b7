import { FatalError, RetryableError } from '../runtime/errors';
import type { Contradiction } from './rules/checks';
import type { EventPlace, ProcessorHeader } from './source/types';

/** One line of an error for a log attribute. */
export function shortReason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return String(message || code || error).slice(0, 200);
}

/** An event that the index cannot take in, with everything needed to find it. */
export class IndexingError extends FatalError {
  constructor(event: string, header: ProcessorHeader, place: EventPlace, cause: unknown) {
    super(
      `${event} ${place.id} in block ${header.height} (${header.hash}), transaction ${place.txHash}: ${shortReason(cause)}`,
      'The indexer stands before this block and loses nothing. Report it with this text; a later version goes on from here.',
      {
        at: (cause as Error).stack
          ?.split('\n')
          .find((line) => line.startsWith('    at '))
          ?.trim(),
      },
      { cause },
    );
  }
}

/**
 * An event and the rows before it cannot both be: an event before it was lost, or an answer of the endpoint was wrong.
 * Nothing of the batch was written.
 */
export class LostEventsError extends FatalError {
  /** @param range first and last block of the batch */
  constructor(
    event: string,
    header: ProcessorHeader,
    place: EventPlace,
    cause: Contradiction,
    range: Readonly<{ from: number; to: number }>,
  ) {
    super(
      `${event} ${place.id} in block ${header.height} (${header.hash}), transaction ${place.txHash}, contradicts the index: ${cause.message}`,
      `The endpoint left out an event or gave a wrong one, now or earlier. Nothing of blocks ${range.from} to ${range.to} was ` +
        'written. Set RPC_URL to another endpoint and start again: this mends a fault in these blocks. If it stops here ' +
        'again, the fault lies in blocks indexed before: go back to a block before it (npx dpin rewind --to BLOCK), or ' +
        'index anew (npx dpin resync), over the other endpoint.',
      { fromBlock: range.from, toBlock: range.to, subject: cause.subject, indexed: cause.indexed, said: cause.said },
      { cause },
    );
  }
}

/** The chain no longer has a block that the index treats as final. */
export function reorgBelowFinality(height: number, indexedHash: string, chainHash: string): FatalError {
  return new FatalError(
    `The chain was reorganised below finality: block ${height} is indexed as ${indexedHash}, the chain has ${chainHash}`,
    'Indexed data of the dropped blocks cannot be undone row by row. Check that RPC_URL is the right chain and ' +
      'the database (DB_NAME) that of this network, raise FINALITY_BLOCKS if this can happen again, then index anew: ' +
      'npx dpin resync',
    { height, indexedHash, chainHash },
  );
}

/** A later reading of a final block shows other logs than the index was given. */
export function indexedWrongly(height: number, hash: string, logCount: number): FatalError {
  return new FatalError(
    `Block ${height} is final and was indexed with other logs than it has: every answer for it was wrong at first`,
    'Rows of this block and of all later ones may be wrong. Take the endpoint that gave the answers out of RPC_URL, or ' +
      `add a second one that its answers are compared with. Then go back to before it: npx dpin rewind --to ${height - 1}, ` +
      'which indexes anew up to there; or index anew altogether: npx dpin resync',
    { height, hash, logs: logCount },
  );
}

/** Postgres does not take rows that events made, and never will. */
export function rowsRefused(table: string, fromBlock: number, toBlock: number, cause: unknown): FatalError {
  return new FatalError(
    `Rows of table ${table} cannot be written: ${shortReason(cause)}`,
    'The indexer stands before these blocks and loses nothing. Report it with this text; a later version goes on from here.',
    { table, fromBlock, toBlock },
    { cause },
  );
}

/** No endpoint has a block that the index holds: they are far behind, or the rows are of another chain. */
export function noSuchBlock(height: number): RetryableError {
  return new RetryableError(
    `No endpoint of RPC_URL has block ${height}, up to which the database is indexed. They are behind, or the database ` +
      '(DB_NAME) is that of another network: use its own, or index anew with npx dpin resync',
    { height },
  );
}
