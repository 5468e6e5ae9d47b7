import { sleep } from '../../runtime/backoff';
import type { Range } from './rpc/shapes';
import type { Block } from './types';

/** Stretches of blocks that are wanted. */
export type Requests = readonly { range: { from: number; to?: number } }[];

/** Blocks that are taken in at once. @property isHead the last of them is the newest final one that was known */
export interface Batch {
  blocks: Block[];
  isHead: boolean;
}

/** Where final blocks come from. */
interface FinalSource {
  /** Height of the newest final block. */
  height(): Promise<number>;
  /** Blocks of a range that is final. @param head the newest final block */
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
        const to = Math.min(head, end);
        yield* read({ from: next, to }, head);
        next = to + 1;
      } else if (stopOnHead) return;
      else await sleep(pollMs);
    }
  }
}
