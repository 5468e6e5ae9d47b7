/** No place came free in time. */
export class NoTurn extends Error {
  override readonly name = 'NoTurn';
}

/**
 * Gives out a number of places. A client has some of them at the most, and those who wait have their turn client by
 * client: who asks for much waits behind itself, and not in front of others.
 */
export class Turns {
  private free: number;
  private readonly held = new Map<string, number>();
  /** By client; the one that was served last is last. */
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(
    places: number,
    private readonly perClient: number,
  ) {
    this.free = places;
  }

  /** Resolves with what gives the place back. @throws NoTurn when none came free in time */
  take(client: string, timeoutMs: number): Promise<() => void> {
    if (this.isFreeFor(client)) return Promise.resolve(this.give(client));
    return new Promise((resolve, reject) => {
      const own = this.waiting.get(client) ?? new Set();
      const start = () => {
        clearTimeout(timeout);
        resolve(this.give(client));
      };
      const timeout = setTimeout(() => {
        own.delete(start);
        if (own.size === 0) this.waiting.delete(client);
        reject(new NoTurn(`no place came free within ${Math.round(timeoutMs)} ms`));
      }, timeoutMs);
      own.add(start);
      this.waiting.set(client, own);
    });
  }

  private isFreeFor(client: string): boolean {
    return this.free > 0 && (this.held.get(client) ?? 0) < this.perClient;
  }

  private give(client: string): () => void {
    this.free -= 1;
    this.held.set(client, (this.held.get(client) ?? 0) + 1);
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      this.free += 1;
      const left = (this.held.get(client) as number) - 1;
      if (left > 0) this.held.set(client, left);
      else this.held.delete(client);
      this.serveNext();
    };
  }

  private serveNext(): void {
    for (const [client, own] of this.waiting) {
      if (!this.isFreeFor(client)) continue;
      const [start] = own;
      own.delete(start as () => void);
      this.waiting.delete(client);
      if (own.size > 0) this.waiting.set(client, own);
      (start as () => void)();
      return;
    }
  }
}
