import { createLogger } from '@subsquid/logger';
import { sleep } from '../runtime/backoff';
import { shortReason } from './failures';
import type { SeenHeader } from './source/rpc/reader';

const log = createLogger('dpin:indexer');

/** Pause between two notes. */
const NOTE_MS = 1_000;

/**
 * Notes how far the chain is, at most once a second, until the signal fires; beside the indexing, which never waits for
 * it. What goes wrong is worth no more than a line of debugging: the next note is not far.
 * @param newest the newest block, seen not longer ago than so many ms; undefined when nobody tells
 */
export async function watchHead(
  newest: (maxAgeMs: number) => Promise<SeenHeader | undefined>,
  note: (seen: SeenHeader) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const seen = await newest(NOTE_MS);
      if (seen !== undefined && !signal.aborted) await note(seen);
    } catch (error) {
      log.debug({ reason: shortReason(error) }, 'how far the chain is could not be noted');
    }
    await sleep(NOTE_MS, signal);
  }
}
