import { FatalError } from '../runtime/errors';
import type { EventPlace, ProcessorHeader } from './source/types';

/** One line of an error for a log attribute. */
export function shortReason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return String(message || code || error).slice(0, 200);
}

/** An event that the index cannot take in, with everything needed to find it. */
export class IndexingError extends Error {
  override readonly name = 'IndexingError';
  constructor(event: string, header: ProcessorHeader, place: EventPlace, cause: unknown) {
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
