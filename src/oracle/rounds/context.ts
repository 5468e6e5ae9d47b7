import type { Logger } from '@subsquid/logger';
import type { MetricsOf } from '../../config/metrics';
import type { Timetable } from '../../protocol/rounds/timetable';
import type { Clock } from '../../runtime/clock';
import type { Incident } from '../store/incidents';
import type {
  ChallengeRecords,
  Checker,
  Evidence,
  Presence,
  Randomness,
  RoundChain,
  RoundRecords,
  RoundSigner,
  Sessions,
} from './ports';

/** When rounds are: read once from the ReputationOracle. */
export interface SlotTimes {
  genesisMs: number;
  slotMs: number;
  slotsPerEpoch: number;
}

/** What the steps of a round work with; a part of one says which of these it takes. */
export interface RoundContext {
  clock: Clock;
  chain: RoundChain;
  rounds: RoundRecords;
  challenges: ChallengeRecords;
  gateway: Sessions;
  presence: Presence;
  checker: Checker;
  evidence: Evidence;
  signer: RoundSigner;
  random: Randomness;
  /** The reporter's account, lower-case. */
  reporter: string;
  times: SlotTimes;
  timetable: Timetable;
  /** How far beyond its slot a round may reach, ms. */
  overlapMs: number;
  /** A machine whose clock differs more from the chain's opens no round. */
  maxClockDriftMs: number;
  software: string;
  log: Logger;
  metrics: MetricsOf<'oracle'>;
  addIncident(incident: Incident): void;
  /** Fires when the process stops; every wait ends with its reason and the round stays as it is in the database. */
  signal: AbortSignal;
}

/** Slot of a round. @returns ms since 1970 */
export function slotOf(round: number, times: SlotTimes): { startMs: number; endMs: number } {
  const startMs = times.genesisMs + round * times.slotMs;
  return { startMs, endMs: startMs + times.slotMs };
}

export function epochOf(round: number, times: SlotTimes): number {
  return Math.floor(round / times.slotsPerEpoch);
}

/** Round whose slot covers a time; negative before genesis. */
export function roundAt(ms: number, times: SlotTimes): number {
  return Math.floor((ms - times.genesisMs) / times.slotMs);
}
