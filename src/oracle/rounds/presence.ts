import type { Logger } from '@subsquid/logger';
import { ABSENT_MS, RECONNECT_MS } from '../../protocol/rounds/decide';
import type { Absence } from '../../protocol/rounds/facts';
import type { Clock } from '../../runtime/clock';
import type { Presence as PresencePort } from './ports';

/** An absence on the wall clock, as it is written down. */
export interface WrittenAbsence {
  fromMs: number;
  toMs: number;
  lostMs: number;
  /** down: no process listened; standstill: the process or its machine stood still; lost: an error lost what came. */
  why: 'down' | 'standstill' | 'lost';
}

/** Where presence is written down (store/presence.ts). */
export interface PresenceRecords {
  /** The newest time at which a process was alive, ms since 1970; null before the first. */
  aliveAt(): Promise<number | null>;
  beat(atMs: number): Promise<void>;
  add(absence: WrittenAbsence): Promise<void>;
  /** Those that end after a time, oldest first. */
  since(atMs: number): Promise<WrittenAbsence[]>;
}

/** A stretch in which the gateway's thread stood still, by the monotonic clock. */
export interface Standstill {
  fromMs: number;
  toMs: number;
  lostMs: number;
}

/** Nodes dial again within 4 s; a round that opened earlier would find honest ones unreachable. */
const SETTLING_MS = 6_000;
/** Absences older than any round under way. */
const KEPT_MS = 3_600_000;

/**
 * When this reporter could take nothing in. A beat a second is written down; the next process finds in it since when
 * nobody listened. Standstills come from the gateway's thread, whose clock the nodes are measured by.
 */
export class PresenceLog implements PresencePort {
  /** Those of earlier processes, and what was lost, by this process's monotonic clock. */
  private known: Standstill[] = [];
  private writtenUpToMs: number;
  private listensSinceMs: number;
  private lastBeatMs: number | null = null;

  constructor(
    private readonly records: PresenceRecords,
    private readonly standstills: (sinceMs: number) => readonly Standstill[],
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {
    this.writtenUpToMs = clock.monotonicMs();
    this.listensSinceMs = this.writtenUpToMs;
  }

  get settledAtMs(): number {
    return this.listensSinceMs + SETTLING_MS;
  }

  /** Monotonic time of the last beat that is written down; null before the first. */
  get beatenAtMs(): number | null {
    return this.lastBeatMs;
  }

  /** Call it when nodes can connect: until now nobody listened. */
  async listens(): Promise<void> {
    const nowMs = this.clock.wallMs();
    this.listensSinceMs = this.clock.monotonicMs();
    const aliveAtMs = await this.records.aliveAt();
    // Before the first process nobody ever listened: long enough for what may count.
    const fromMs = Math.min(aliveAtMs ?? nowMs - RECONNECT_MS, nowMs - ABSENT_MS);
    await this.records.add({ fromMs, toMs: nowMs, lostMs: nowMs - fromMs, why: 'down' });
    await this.records.beat(nowMs);
    this.lastBeatMs = this.clock.monotonicMs();
    const toMonotonic = this.clock.monotonicMs() - this.clock.wallMs();
    this.known = (await this.records.since(nowMs - KEPT_MS)).map(({ fromMs, toMs, lostMs }) => {
      return { fromMs: fromMs + toMonotonic, toMs: toMs + toMonotonic, lostMs };
    });
  }

  /** One beat; standstills are written down with it. */
  async beat(): Promise<void> {
    const sinceMs = this.writtenUpToMs;
    const nowMs = this.clock.monotonicMs();
    for (const standstill of this.standstills(sinceMs)) {
      const { lostMs } = standstill;
      if (lostMs >= ABSENT_MS)
        this.log.warn({ lostMs }, 'this process stood still; what nodes missed meanwhile is ours');
      const toWall = this.clock.wallMs() - nowMs;
      const { fromMs, toMs } = { fromMs: standstill.fromMs + toWall, toMs: standstill.toMs + toWall };
      await this.records.add({ fromMs, toMs, lostMs: Math.ceil(lostMs), why: 'standstill' });
    }
    this.writtenUpToMs = nowMs;
    await this.records.beat(this.clock.wallMs());
    this.lastBeatMs = this.clock.monotonicMs();
  }

  lose(sinceMs: number): void {
    const nowMs = this.clock.monotonicMs();
    this.known.push({ fromMs: sinceMs, toMs: nowMs, lostMs: ABSENT_MS });
    const toWall = this.clock.wallMs() - nowMs;
    const absence = { fromMs: sinceMs + toWall, toMs: nowMs + toWall, lostMs: ABSENT_MS, why: 'lost' } as const;
    this.records.add(absence).catch((error: Error) => {
      this.log.warn({ error: error.message }, 'absence not written down');
    });
  }

  absences(sinceMs: number, originMs: number): readonly Absence[] {
    return [...this.known, ...this.standstills(sinceMs)]
      .filter(({ toMs }) => toMs > sinceMs)
      .map(({ fromMs, toMs, lostMs }) => ({
        fromMs: Math.max(-86_400_000, Math.floor(fromMs - originMs)),
        toMs: Math.min(86_400_000, Math.ceil(toMs - originMs)),
        lostMs: Math.ceil(lostMs),
      }));
  }
}
