import { type Challenge, challengeKey } from '../store/model';
import type { DrawnNode } from './ports';

/** The newest value of each challenge of a round, by nodeId and device. */
export class Challenges {
  private readonly byKey = new Map<string, Challenge>();

  all(): Challenge[] {
    return [...this.byKey.values()];
  }

  of(key: string): Challenge | undefined {
    return this.byKey.get(key);
  }

  /** The nodes that have them. */
  nodes(): DrawnNode[] {
    const nodes = new Map<number, DrawnNode>();
    for (const { nodeId, workerKey } of this.byKey.values()) {
      nodes.set(nodeId, { nodeId, workerKey, devices: (nodes.get(nodeId)?.devices ?? 0) + 1 });
    }
    return [...nodes.values()];
  }

  /** Replaces what was known of these challenges. */
  put(challenges: readonly Challenge[]): void {
    for (const challenge of challenges) this.byKey.set(challengeKey(challenge), challenge);
  }
}
