/** Keys that one table of buckets remembers at most. */
const REMEMBERED = 65_536;

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

  private fill(nowMs: number): void {
    this.tokens = Math.min(this.capacity, this.tokens + ((nowMs - this.filledAtMs) / 1000) * this.perSecond);
    this.filledAtMs = nowMs;
  }
}

/**
 * A token bucket for each of many. It remembers those that were taken from in the time that fills two buckets, and at
 * most 131,072 of them.
 */
export class RateLimits<K> {
  private recent = new Map<K, RateLimit>();
  private older = new Map<K, RateLimit>();
  private turnedAtMs = 0;

  constructor(
    private readonly capacity: number,
    private readonly perSecond: number,
  ) {}

  /** Takes one token of `key`'s; false when it has none. */
  take(key: K, nowMs: number): boolean {
    // A bucket that nobody took from for this long is full again, as a new one is.
    const isTurn = nowMs - this.turnedAtMs > (this.capacity / this.perSecond) * 1000;
    if (isTurn || this.recent.size >= REMEMBERED) {
      this.older = this.recent;
      this.recent = new Map();
      this.turnedAtMs = nowMs;
    }
    const bucket = this.find(key) ?? new RateLimit(this.capacity, this.perSecond, nowMs);
    this.recent.set(key, bucket);
    return bucket.take(nowMs);
  }

  /** Time until `key` has a token, 0 when it has one. */
  waitMs(key: K, nowMs: number): number {
    return this.find(key)?.waitMs(nowMs) ?? 0;
  }

  private find(key: K): RateLimit | undefined {
    return this.recent.get(key) ?? this.older.get(key);
  }
}
