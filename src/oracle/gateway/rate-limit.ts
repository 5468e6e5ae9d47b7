/** Token bucket: `capacity` at once, `perSecond` on average. Time in ms from any monotonic clock. */
export class RateLimit {
  private tokens: number;
  private filledAtMs: number;

  constructor(
    private readonly capacity: number,
    private readonly perSecond: number,
    nowMs: number,
  ) {
    this.tokens = capacity;
    this.filledAtMs = nowMs;
  }

  /** Takes one token; false when there is none. */
  take(nowMs: number): boolean {
    this.fill(nowMs);
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** Time until there is a token, 0 when there is one. */
  waitMs(nowMs: number): number {
    this.fill(nowMs);
    return this.tokens >= 1 ? 0 : ((1 - this.tokens) / this.perSecond) * 1000;
  }

  /** True when nothing was taken for so long that it is as good as new. */
  isFull(nowMs: number): boolean {
    this.fill(nowMs);
    return this.tokens >= this.capacity;
  }

  private fill(nowMs: number): void {
    this.tokens = Math.min(this.capacity, this.tokens + ((nowMs - this.filledAtMs) / 1000) * this.perSecond);
    this.filledAtMs = nowMs;
  }
}
