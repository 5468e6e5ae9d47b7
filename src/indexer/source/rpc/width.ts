/** Requests taken at the accepted width before a wider one is tried; after each refused one, four times as many. */
const FIRST_PATIENCE = 64;
const LONGEST_PATIENCE = 4_096;
/** The same where the width was perhaps not what failed, or a wider one was taken since. */
const SHORT_PATIENCE = 8;
/** Failures in a row that need not have to do with the width, from which on half of it is tried. */
const STRIKES = 2;

/** How many blocks an endpoint takes in one request for logs, learnt from what it refuses. */
export class RangeWidth {
  /** Blocks to ask for at most. */
  limit = Number.POSITIVE_INFINITY;
  private patience = SHORT_PATIENCE;
  /** Requests taken at the limit. */
  private taken = 0;
  /** A limit wider than what was refused before is on trial. */
  private trying = false;
  private strikes = 0;
  private struck = 0;

  /** The endpoint gave the logs of this many blocks. */
  took(blocks: number): void {
    if (blocks >= this.struck) this.strikes = 0;
    if (blocks < this.limit) return;
    if (this.trying) {
      this.trying = false;
      this.patience = SHORT_PATIENCE;
    }
    if (++this.taken < this.patience) return;
    this.taken = 0;
    this.trying = true;
    this.limit *= 2;
  }

  /** The endpoint refused this many blocks: by an error, by silence or by an answer too large. */
  refused(blocks: number): void {
    this.narrow(blocks, FIRST_PATIENCE);
  }

  /**
   * A request for this many blocks failed in a way that need not be due to their number, as by a broken connection: the
   * second time in a row half of it is tried.
   */
  failed(blocks: number): void {
    this.struck = Math.min(blocks, this.limit);
    if (++this.strikes < STRIKES) return;
    this.strikes = 0;
    this.narrow(blocks, SHORT_PATIENCE);
  }

  private narrow(blocks: number, patience: number): void {
    // Of several requests under way the first has said it all.
    if (blocks <= 1 || blocks > this.limit) return;
    this.patience = this.trying ? Math.min(LONGEST_PATIENCE, this.patience * 4) : patience;
    this.limit = Math.floor(blocks / 2);
    this.taken = 0;
    this.trying = false;
  }
}
