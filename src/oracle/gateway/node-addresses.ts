import { monotonicMs } from '../../runtime/clock';

/** Addresses of a node that are remembered, the newest: one that moves about must not push out those of others. */
export const ADDRESSES_A_NODE = 4;
/** Each is written down again at most so often. */
const WRITTEN_AGAIN_MS = 3_600_000;

/** Where a node logged in from. */
export interface NodeAddress {
  nodeId: number;
  address: string;
}

/** The addresses that nodes logged in from, here and in processes before this one. */
export class NodeAddresses {
  /** By node and address, oldest first: monotonic time at which it was written down. */
  private readonly byNode = new Map<number, Map<string, number>>();
  /** How many nodes have an address. */
  private readonly nodes = new Map<string, number>();

  /**
   * @param known what earlier processes wrote down, oldest first
   * @param write writes one down; failures are the callee's to handle
   */
  constructor(
    known: readonly NodeAddress[],
    private readonly write: (at: NodeAddress) => void,
  ) {
    for (const at of known) this.put(at, Number.NEGATIVE_INFINITY);
  }

  has(address: string): boolean {
    return this.nodes.has(address);
  }

  /** A node logged in from there. */
  add(at: NodeAddress): void {
    const nowMs = monotonicMs();
    const writtenMs = this.byNode.get(at.nodeId)?.get(at.address) ?? Number.NEGATIVE_INFINITY;
    const isDue = nowMs - writtenMs > WRITTEN_AGAIN_MS;
    this.put(at, isDue ? nowMs : writtenMs);
    if (isDue) this.write(at);
  }

  private put({ nodeId, address }: NodeAddress, writtenMs: number): void {
    const own = this.byNode.get(nodeId) ?? new Map<string, number>();
    this.byNode.set(nodeId, own);
    if (!own.delete(address)) this.nodes.set(address, (this.nodes.get(address) ?? 0) + 1);
    own.set(address, writtenMs);
    const [oldest] = own.keys();
    if (oldest === undefined || own.size <= ADDRESSES_A_NODE) return;
    own.delete(oldest);
    const left = (this.nodes.get(oldest) ?? 1) - 1;
    if (left > 0) this.nodes.set(oldest, left);
    else this.nodes.delete(oldest);
  }
}
