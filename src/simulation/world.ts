interface Event {
  atMs: number;
  order: number;
  happen(): void;
}

/**
 * Simulated time: nothing happens between two events, and what happens at an event, promises included, is over before
 * the next one begins. Work outside the simulation (a real database) is waited for while the time stands.
 */
export class World {
  nowMs = 0;
  private readonly heap: Event[] = [];
  private order = 0;
  private outside = 0;
  private wake: () => void = () => undefined;

  /** Lets something happen at a time, never before now. */
  at(atMs: number, happen: () => void): void {
    this.push({ atMs: Math.max(atMs, this.nowMs), order: this.order++, happen });
  }

  after(ms: number, happen: () => void): void {
    this.at(this.nowMs + ms, happen);
  }

  /** Time stands until this work outside the simulation is done. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.outside++;
    try {
      return await work;
    } finally {
      this.outside--;
      this.wake();
    }
  }

  /** Runs until a time, or until nothing more can happen. */
  async runUntil(endMs: number): Promise<void> {
    for (;;) {
      await this.settled();
      const next = this.heap[0];
      if (!next || next.atMs > endMs) break;
      this.pop();
      this.nowMs = next.atMs;
      next.happen();
    }
    this.nowMs = Math.max(this.nowMs, endMs);
  }

  private async settled(): Promise<void> {
    // Every promise that can go on has gone on before an immediate runs.
    await new Promise(setImmediate);
    while (this.outside > 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      await new Promise(setImmediate);
    }
  }

  private push(event: Event): void {
    const { heap } = this;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isEarlier(event, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = event;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isEarlier(heap[child + 1]!, heap[child]!)) child++;
      if (!isEarlier(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function isEarlier(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
