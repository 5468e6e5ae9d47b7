import { LRUCache } from 'lru-cache';
import { monotonicMs } from '../../runtime/clock';
import { unavailable } from '../errors';

/** After so long half of what a client had counts. */
const HALF_LIFE_MS = 5_000;
/** The newest turn's part in the mean length of a client's turns. */
const NEWEST_WEIGHT = 0.2;
/** Turns up to this are short. */
const SHORT_MS = 50;
/** Whoever is new waits no longer than this for those who are known to have short turns. */
const NEW_WAITS_MS = 300;

/** Who goes before whom: known for short turns, new, known for long ones. */
enum Rank {
  Short,
  New,
  Long,
}

/** A request that waits, and since when. */
interface Waiter {
  start(): void;
  sinceMs: number;
}
const CLIENTS_REMEMBERED = 10_000;

/** No place came free in time. */
export class NoTurn extends Error {
  override readonly name = 'NoTurn';
}

/** Places that all clients together have at the most who had places for long lately. */
export interface BusyClients {
  /** Longer than this is long. */
  overMs: number;
  places: number;
}

/** How a client used its places lately, as of a moment. */
interface Use {
  /** All its turns together, the older the less. */
  heldMs: number;
  /** One of its turns, in the mean. */
  turnMs: number;
  atMs: number;
}

/**
 * Gives out a number of places. A client has some of them at the most. Clients that wait have their turn one after the
 * other, those with short turns before those with long ones: who asks for little goes before who asks for much, however
 * many of these there are. And clients that have places all the time never have all of them: they would keep the process
 * busy while the others' turns come.
 */
export class Turns {
  private free: number;
  private heldByBusy = 0;
  /** By client, since when it has each of its places. */
  private readonly held = new Map<string, Set<{ fromMs: number }>>();
  private readonly used = new LRUCache<string, Use>({ max: CLIENTS_REMEMBERED });
  /** By client, in the order of their coming. */
  private readonly waiting = new Map<string, Set<Waiter>>();

  constructor(
    places: number,
    private readonly perClient: number,
    private readonly busy: BusyClients = { overMs: Number.POSITIVE_INFINITY, places },
    private readonly nowMs: () => number = monotonicMs,
  ) {
    this.free = places;
  }

  /** Resolves with what gives the place back. @throws NoTurn when none came free in time */
  take(client: string, timeoutMs: number): Promise<() => void> {
    if (this.isFreeFor(client)) return Promise.resolve(this.give(client));
    return new Promise((resolve, reject) => {
      const own = this.waiting.get(client) ?? new Set();
      const waiter = {
        start: () => {
          clearTimeout(timeout);
          resolve(this.give(client));
        },
        sinceMs: this.nowMs(),
      };
      const timeout = setTimeout(() => {
        own.delete(waiter);
        if (own.size === 0) this.waiting.delete(client);
        reject(new NoTurn(`no place came free within ${Math.round(timeoutMs)} ms`));
      }, timeoutMs);
      own.add(waiter);
      this.waiting.set(client, own);
    });
  }

  private isFreeFor(client: string): boolean {
    if (this.free === 0 || (this.held.get(client)?.size ?? 0) >= this.perClient) return false;
    return this.heldByBusy < this.busy.places || !this.isBusy(client);
  }

  private isBusy(client: string): boolean {
    return this.usedMs(client, this.nowMs()) > this.busy.overMs;
  }

  private give(client: string): () => void {
    const turn = { fromMs: this.nowMs() };
    const isBusy = this.isBusy(client);
    this.free -= 1;
    if (isBusy) this.heldByBusy += 1;
    const own = this.held.get(client) ?? new Set();
    this.held.set(client, own.add(turn));
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      this.free += 1;
      if (isBusy) this.heldByBusy -= 1;
      own.delete(turn);
      if (own.size === 0) this.held.delete(client);
      this.note(client, this.nowMs() - turn.fromMs);
      this.serveNext();
    };
  }

  private note(client: string, tookMs: number): void {
    const atMs = this.nowMs();
    const before = this.used.get(client)?.turnMs ?? tookMs;
    const turnMs = before + NEWEST_WEIGHT * (tookMs - before);
    this.used.set(client, { heldMs: this.usedMs(client, atMs) + tookMs, turnMs, atMs });
  }

  private rankOf(client: string, { sinceMs }: Waiter, atMs: number): Rank {
    const isLongAlready = [...(this.held.get(client) ?? [])].some(({ fromMs }) => atMs - fromMs > SHORT_MS);
    const turnMs = this.used.get(client)?.turnMs;
    if (isLongAlready || (turnMs !== undefined && turnMs > SHORT_MS)) return Rank.Long;
    return turnMs === undefined && atMs - sinceMs < NEW_WAITS_MS ? Rank.New : Rank.Short;
  }

  private usedMs(client: string, atMs: number): number {
    const use = this.used.get(client);
    return use === undefined ? 0 : use.heldMs * 0.5 ** ((atMs - use.atMs) / HALF_LIFE_MS);
  }

  private serveNext(): void {
    const atMs = this.nowMs();
    let next: { client: string; waiter: Waiter; rank: Rank } | undefined;
    for (const [client, own] of this.waiting) {
      if (!this.isFreeFor(client)) continue;
      const [waiter] = own;
      const rank = this.rankOf(client, waiter as Waiter, atMs);
      if (next === undefined || rank < next.rank) next = { client, waiter: waiter as Waiter, rank };
    }
    if (next === undefined) return;
    const own = this.waiting.get(next.client) as Set<Waiter>;
    own.delete(next.waiter);
    // The next time it comes after the others of its rank.
    this.waiting.delete(next.client);
    if (own.size > 0) this.waiting.set(next.client, own);
    next.waiter.start();
  }
}

/** Does work in a turn of a client. @throws GraphQLError when none comes in time */
export async function inTurn<T>(
  turns: Turns,
  { client, waitMs }: { client: string; waitMs: number },
  work: () => Promise<T>,
): Promise<T> {
  const giveBack = await turns.take(client, waitMs).catch((error) => {
    throw error instanceof NoTurn ? unavailable('too many requests are under way, try again') : error;
  });
  try {
    return await work();
  } finally {
    giveBack();
  }
}
