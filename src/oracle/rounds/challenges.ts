import { type Challenge, challengeKey } from '../store/model';

/** The newest value of each challenge of a round, by nodeId and device. */
export class Challenges {
  private readonly byKey = new Map<string, Challenge>();

  all(): Challenge[] {
    return [...this.byKey.values()];
  }

  of(key: string): Challenge | undefined {
    return this.byKey.get(key);
  }

  /** Replaces what was known of these challenges. */
  put(challenges: readonly Challenge[]): void {
    for (const challenge of challenges) this.byKey.set(challengeKey(challenge), challenge);
  }
}
