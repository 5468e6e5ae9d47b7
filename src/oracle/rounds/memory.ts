import { type Challenge, challengeKey } from '../store/model';
import type { CommitPhase } from './commit-phase';
import type { RevealPhase } from './reveal-phase';
import type { State } from './states';

/** The newest value of each challenge of a round, by nodeId and device. */
export class Challenges {
  private readonly byKey = new Map<string, Challenge>();

  all(): Challenge[] {
    return [...this.byKey.values()];
  }

  /** Replaces what was known of these challenges. */
  put(challenges: readonly Challenge[]): void {
    for (const challenge of challenges) this.byKey.set(challengeKey(challenge), challenge);
  }
}

export interface MemoryOptions {
  /** Rounds do not open before this time: after a start nodes need a moment to come back. */
  notBeforeMs: number;
  /** True while more nodes are likely to come back within moments. */
  isSettling(): boolean;
  /** The reporter's last round of the epoch: it ends last and runs the backstop. */
  isLastOfEpoch: boolean;
}

/** What one process remembers of a round while it runs it; after a restart only the database knows. */
export interface RoundMemory extends MemoryOptions {
  /** State in which this process found the round; in any but `scheduled` another one had begun with it. */
  readonly takenUpIn: State;
  readonly challenges: Challenges;
  /** Set when this process has sent the challenges. */
  commits: CommitPhase | null;
  /** Set when this process has sent the coins. */
  reveals: RevealPhase | null;
}
