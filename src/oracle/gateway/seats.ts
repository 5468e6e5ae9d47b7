/** What can sit: it knows its address and leaves when somebody else needs the seat. */
export interface Sitter {
  readonly address: string;
}

export interface SeatLimits {
  total: number;
  perAddress: number;
  /** Who sits does something worth ending: a newcomer displaces only those of addresses that hold more than its own. */
  stays?: boolean;
}

/**
 * A bounded number of seats, shared fairly among addresses. When an address has its share, its own oldest sitter leaves
 * for the newcomer; when all seats are taken, the oldest sitter of the address that holds most of them does. So whoever
 * takes many seats only ever takes them from itself.
 */
export class Seats<T extends Sitter> {
  private readonly byAddress = new Map<string, Set<T>>();
  private taken = 0;

  constructor(
    private readonly limits: SeatLimits,
    private readonly unseat: (sitter: T) => void,
  ) {}

  get size(): number {
    return this.taken;
  }

  /** Seats somebody; whoever must leave for that has left before. @returns false when there is no seat to be had */
  take(sitter: T): boolean {
    const { total, perAddress, stays = false } = this.limits;
    const mates = this.byAddress.get(sitter.address) ?? new Set<T>();
    const hasShare = mates.size >= perAddress;
    if (hasShare || this.taken >= total) {
      const most = hasShare ? mates : this.largest();
      if (stays && most.size <= mates.size + 1) return false;
      this.remove(most);
    }
    const set = this.byAddress.get(sitter.address) ?? new Set();
    this.byAddress.set(sitter.address, set.add(sitter));
    this.taken += 1;
    return true;
  }

  /** Frees somebody's seat. @returns false when it had none */
  leave(sitter: T): boolean {
    const mates = this.byAddress.get(sitter.address);
    if (!mates?.delete(sitter)) return false;
    this.taken -= 1;
    if (mates.size === 0) this.byAddress.delete(sitter.address);
    return true;
  }

  private remove(mates: Set<T>): void {
    const [oldest] = mates;
    if (!oldest) return;
    this.leave(oldest);
    this.unseat(oldest);
  }

  private largest(): Set<T> {
    let largest = new Set<T>();
    for (const mates of this.byAddress.values()) if (mates.size > largest.size) largest = mates;
    return largest;
  }
}
