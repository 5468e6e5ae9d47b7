import { LRUCache } from 'lru-cache';
import { monotonicMs } from '../../runtime/clock';

/** After so long half of what a client had counts. */
const HALF_LIFE_MS = 5_000;
const CLIENTS_REMEMBERED = 10_000;

/** No place came free in time. */
export class NoTurn extends Error {
  override readonly name = 'NoTurn';
}

/** How long a client had places lately, as of a moment. */
interface Use {
  heldMs: number;
  atMs: number;
}

/**
 * Gives out a number of places. A client has some of them at the most. Of those who wait, the one that had places for the
 * shortest time lately has its turn: who asks for little goes before who asks for much, however many of these there are.
 */
export class Turns {
  private free: number;
  private readonly held = new Map<string, number>();
  private readonly used = new LRUCache<string, Use>({ max: CLIENTS_REMEMBERED });
  /** By client, in the order of their coming. */
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(
    places: number,
    private readonly perClient: number,
    private readonly nowMs: () => number = monotonicMs,
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
    const fromMs = this.nowMs();
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
      const atMs = this.nowMs();
      this.used.set(client, { heldMs: this.usedMs(client, atMs) + atMs - fromMs, atMs });
      this.serveNext();
    };
  }

  private usedMs(client: string, atMs: number): number {
    const use = this.used.get(client);
    return use === undefined ? 0 : use.heldMs * 0.5 ** ((atMs - use.atMs) / HALF_LIFE_MS);
  }

  private serveNext(): void {
    const atMs = this.nowMs();
    let next: { client: string; usedMs: number } | undefined;
    for (const client of this.waiting.keys()) {
      if (!this.isFreeFor(client)) continue;
      const usedMs = this.usedMs(client, atMs);
      if (next === undefined || usedMs < next.usedMs) next = { client, usedMs };
    }
    if (next === undefined) return;
    const own = this.waiting.get(next.client) as Set<() => void>;
    const [start] = own;
    own.delete(start as () => void);
    // The next time it comes after those with the same use.
    this.waiting.delete(next.client);
    if (own.size > 0) this.waiting.set(next.client, own);
    (start as () => void)();
  }
}
