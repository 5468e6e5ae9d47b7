import type { RoundTimes } from '../../protocol/rounds/timetable';
import type { Answers } from './answers';
import type { Challenges } from './challenges';
import type { Reveals } from './reveals';
import type { State } from './states';

/** What one process remembers of a round while it runs it; after a restart only the database knows. */
export interface RoundMemory {
  /** State in which this process found the round; in any but `scheduled` another one had begun with it. */
  readonly takenUpIn: State;
  readonly challenges: Challenges;
  /** When the round's parts end, ms after its challenges went out. */
  readonly times: RoundTimes;
  /** Monotonic time at which the challenges went out; null before. */
  originMs: number | null;
  /** Set once this process has sent the challenges. */
  answers: Answers | null;
  /** Set once this process has sent the coins. */
  reveals: Reveals | null;
  /** Inclusion paths of the anchored commitments, 0x hex, by challengeKey. */
  paths: ReadonlyMap<string, readonly string[]>;
  /** Busy claims being looked up, by challengeKey. */
  readonly claims: Map<string, Promise<void>>;
  /** Commitments of other challenges, by 0x hex: looked up when the commit window is over. */
  shared: ReadonlyMap<string, 'round' | 'earlier'>;
  /** Verdicts being given, by challengeKey: each challenge gets one. */
  readonly judging: Map<string, Promise<void>>;
  /** Verdicts of what is not under the anchor; under way from the end of the commit window. */
  missed: Promise<void> | null;
  /** Why the reporter could not go on. */
  fault: string | null;
}
