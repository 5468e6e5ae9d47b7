/** What can sit: it knows its address and leaves when somebody else needs the seat. */
export interface Sitter {
  readonly address: string;
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
    private readonly limits: { total: number; perAddress: number },
    private readonly unseat: (sitter: T) => void,
  ) {}

  get size(): number {
    return this.taken;
  }

  /** Seats somebody; whoever must leave for that has left before. */
  take(sitter: T): void {
    const mates = this.byAddress.get(sitter.address);
    if (mates && mates.size >= this.limits.perAddress) this.remove(mates);
    else if (this.taken >= this.limits.total) this.remove(this.largest());
    const set = this.byAddress.get(sitter.address) ?? new Set();
    this.byAddress.set(sitter.address, set.add(sitter));
    this.taken += 1;
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

/** Whose seats a connection takes: an IPv4 address, or the network (64 bits) of an IPv6 address. */
export function addressOf(remote: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(remote);
  if (mapped) return mapped[1]!;
  if (!remote.includes(':')) return remote;
  const [head = '', tail = ''] = remote.split('%')[0]!.split('::');
  const groups = head.split(':').filter(Boolean);
  const rest = tail.split(':').filter(Boolean);
  const zeros = remote.includes('::') ? Array(Math.max(0, 8 - groups.length - rest.length)).fill('0') : [];
  return `${[...groups, ...zeros, ...rest].slice(0, 4).join(':')}::/64`;
}
