const EVERY_MS = 100;

/**
 * Watches whether this process itself stands still (a suspended machine, a blocked event loop): then its clocks tell
 * nothing.
 */
export class StallWatch {
  private lastMs = performance.now();
  private worstMs = 0;
  private readonly timer = setInterval(() => this.look(), EVERY_MS);

  /** Ends the watch. @returns the longest standstill in whole ms */
  stop(): number {
    clearInterval(this.timer);
    this.look();
    return Math.floor(this.worstMs);
  }

  private look(): void {
    const nowMs = performance.now();
    this.worstMs = Math.max(this.worstMs, nowMs - this.lastMs - EVERY_MS);
    this.lastMs = nowMs;
  }
}
