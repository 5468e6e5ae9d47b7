import type { Block } from '../types';
import { type PlacedLog, printsOf, type Range } from './shapes';

/** A final block as it was given to the index. */
interface Recorded {
  hash: string;
  prints: ReadonlySet<string>;
}

/** How a later reading of a block compares with what was given: `less` shows nothing that was not given. */
export type Comparison = 'same' | 'less' | 'news';

/** What was given to the index of the newest final blocks, to compare a later reading with. */
export class FinalRecord {
  private readonly blocks = new Map<number, Recorded>();
  private from = 0;
  private to = -1;

  /** @param size blocks kept */
  constructor(private readonly size: number) {}

  /**
   * Adds a range that follows the one before; another one begins the record anew.
   * @param blocks those of the range that had logs, and any others
   */
  add(range: Range, blocks: Iterable<{ header: { height: number; hash: string }; logs: Block['logs'] }>): void {
    if (range.from !== this.to + 1) {
      this.blocks.clear();
      this.from = range.from;
    }
    this.to = range.to;
    for (const { header, logs } of blocks) {
      this.blocks.set(header.height, { hash: header.hash, prints: new Set(printsOf(logs)) });
    }
    const oldest = Math.max(this.from, this.to - this.size + 1);
    for (const height of this.blocks.keys()) if (height < oldest) this.blocks.delete(height);
    this.from = oldest;
  }

  /** The blocks that are recorded; undefined before the first. */
  get range(): Range | undefined {
    return this.from <= this.to ? { from: this.from, to: this.to } : undefined;
  }

  /** Hash of a block, where it is known: a block without logs may have been given with others. */
  hashAt(height: number): string | undefined {
    return this.blocks.get(height)?.hash;
  }

  /** Compares a later reading of a block's logs with those that were given. */
  compare(height: number, logs: readonly PlacedLog[]): Comparison {
    const given = this.blocks.get(height)?.prints ?? new Set<string>();
    const prints = printsOf(logs);
    if (prints.some((print) => !given.has(print))) return 'news';
    return prints.length < given.size ? 'less' : 'same';
  }
}
