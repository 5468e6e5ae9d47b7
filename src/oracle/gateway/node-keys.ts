import { monotonicMs } from '../../runtime/clock';
import { inTime } from '../../runtime/patience';
import type { DrawnNode } from '../rounds/ports';

/** What the chain said is not asked again for so long. */
const FRESH_MS = 3_000;
/** The chain is away for a look-up that has no answer by then. */
const LOOKUP_MS = 2_500;
/** While it is away one look-up in so many ms asks again; the others go by what is known. */
const ASK_AGAIN_MS = 3_000;
/** What is known of a node counts for so long while the chain is away. */
const KNOWN_MS = 3_600_000;
/** Nodes whose key is remembered. */
const REMEMBERED = 16_384;

/** What the chain says about a node that wants in. */
export type NodeKey = Omit<DrawnNode, 'nodeId'>;

/**
 * The keys of nodes: as the chain has them now, and while it is away as it had them last, in a look-up or in the draw of
 * a round. Nobody has more than one look-up made for a node within some seconds.
 */
export class NodeKeys {
  private readonly asked = new Map<number, { answer: Promise<NodeKey | null>; askedMs: number }>();
  /** Null: the node was registered, and is not any more. Times are ms since 1970. */
  private readonly known = new Map<number, { key: NodeKey | null; atMs: number }>();
  /** Monotonic time of the last try while the chain is away. */
  private triedMs: number | null = null;

  /** @param ask the chain, at the head; null for a node that does not exist or is retired */
  constructor(private readonly ask: (nodeId: number) => Promise<NodeKey | null>) {}

  /** These nodes had these keys. @param atMs since 1970: what is known of a later time stays */
  learn(nodes: readonly DrawnNode[], atMs: number): void {
    for (const { nodeId, ...key } of nodes) this.remember(nodeId, key, atMs);
  }

  /** Whether this is the key that the node had last, as far as is known. */
  has(nodeId: number, workerKey: string): boolean {
    return this.known.get(nodeId)?.key?.workerKey.toLowerCase() === workerKey;
  }

  /** @returns undefined when the chain is away and nothing is known; `isFresh` is false when it is away */
  async of(nodeId: number): Promise<{ key: NodeKey | null; isFresh: boolean } | undefined> {
    const answer = this.fresh(nodeId);
    if (answer) {
      try {
        return { key: await answer, isFresh: true };
      } catch {
        // What is known counts.
      }
    }
    const known = this.known.get(nodeId);
    return known && Date.now() - known.atMs <= KNOWN_MS ? { key: known.key, isFresh: false } : undefined;
  }

  private fresh(nodeId: number): Promise<NodeKey | null> | undefined {
    const nowMs = monotonicMs();
    for (const [oldest, { askedMs }] of this.asked) {
      if (nowMs - askedMs < FRESH_MS) break;
      this.asked.delete(oldest);
    }
    const asked = this.asked.get(nodeId);
    if (asked) return asked.answer;
    if (this.triedMs !== null) {
      if (nowMs - this.triedMs < ASK_AGAIN_MS) return undefined;
      this.triedMs = nowMs;
    }
    const answer = this.lookUp(nodeId);
    this.asked.set(nodeId, { answer, askedMs: nowMs });
    return answer;
  }

  private async lookUp(nodeId: number): Promise<NodeKey | null> {
    const atMs = Date.now();
    try {
      const key = await inTime(this.ask(nodeId), LOOKUP_MS);
      this.triedMs = null;
      this.remember(nodeId, key, atMs);
      return key;
    } catch (error) {
      this.triedMs = monotonicMs();
      this.asked.delete(nodeId);
      throw error;
    }
  }

  private remember(nodeId: number, key: NodeKey | null, atMs: number): void {
    const before = this.known.get(nodeId);
    // Ids that strangers make up are not worth the room.
    if (before ? before.atMs > atMs : key === null) return;
    this.known.delete(nodeId);
    this.known.set(nodeId, { key, atMs });
    const [oldest] = this.known.keys();
    if (oldest !== undefined && this.known.size > REMEMBERED) this.known.delete(oldest);
  }
}
