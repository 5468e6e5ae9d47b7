import { createLogger } from '@subsquid/logger';
import { sleep } from '../../runtime/backoff';
import type { Range } from './rpc/shapes';
import type { Block } from './types';

const log = createLogger('dpin:indexer:rpc');

/** Stretches of blocks that are wanted. */
export type Requests = readonly { range: { from: number; to?: number } }[];

/** Blocks that are taken in at once. @property isHead the last of them is the newest final one that was known */
export interface Batch {
  blocks: Block[];
  isHead: boolean;
}

/** A range was asked for that is not final: what was said of the height was wrong. */
export class AboveFinal extends Error {
  override readonly name = 'AboveFinal';
}

/** Where final blocks come from. */
interface FinalSource {
  /** Height of the newest final block. */
  height(): Promise<number>;
  /**
   * Blocks of a range that is final; may end before its end.
   * @param head the newest final block
   * @throws AboveFinal when the range turns out not to be final
   */
  read(range: Range, head: number): AsyncIterable<Batch>;
  /** Pause between looks at the height. */
  pollMs: number;
  /** Ends at the newest final block instead of waiting for more. */
  stopOnHead: boolean | undefined;
}

/** All blocks that are wanted, in order, as they become final. */
export async function* asTheyBecomeFinal(
  requests: Requests,
  { height, read, pollMs, stopOnHead }: FinalSource,
): AsyncIterable<Batch> {
  for (const { range } of requests) {
    const end = range.to ?? Number.POSITIVE_INFINITY;
    let next = range.from;
    while (next <= end) {
      const head = await height();
      if (next <= head) {
        try {
          for await (const batch of read({ from: next, to: Math.min(head, end) }, head)) {
            yield batch;
            next = (batch.blocks.at(-1) as Block).header.height + 1;
          }
        } catch (error) {
          if (!(error instanceof AboveFinal)) throw error;
          log.warn({ height: head, reason: error.message }, 'RPC endpoint gave a wrong height; asking again');
          await sleep(pollMs);
        }
      } else if (stopOnHead) return;
      else await sleep(pollMs);
    }
  }
}
