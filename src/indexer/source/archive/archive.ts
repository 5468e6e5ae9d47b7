import type { ArchiveHttp } from './http';
import type { ArchiveBlock } from './shapes';

/** A service that keeps all final blocks of a chain and filters their logs. */
export interface Archive {
  readonly http: ArchiveHttp;
  /** Number of the newest block that it has; -1 for none. */
  height(): Promise<number>;
  /** The same, without trying again. @throws WrongAnswer, RetryableError, FatalError */
  heightNow(): Promise<number>;
  /**
   * Blocks with logs of ours, in order, and the last one of the stretch that one answer covers; may end before `to`.
   * @param parentHash hash of the block before `from`, where it is known
   * @throws WrongAnswer for what is no block of the range; ArchiveAway
   */
  blocks(from: number, to: number, parentHash?: string): AsyncIterable<ArchiveBlock>;
}
