import { createHash } from 'node:crypto';
import type { Logger } from '@subsquid/logger';
import type { RoundContext } from '../oracle/rounds/context';
import { roundAt, type SlotTimes } from '../oracle/rounds/context';
import { firstRoundOf, Inbox } from '../oracle/rounds/inbox';
import type { ChallengeRecords, RoundChain, RoundRecords } from '../oracle/rounds/ports';
import { PresenceLog, type PresenceRecords } from '../oracle/rounds/presence';
import { Scheduler } from '../oracle/rounds/scheduler';
import type { Check, CheckResult } from '../oracle/verification/check';
import type { Timetable } from '../protocol/rounds/timetable';
import { RetryableError } from '../runtime/errors';
import { NO_METRICS } from '../runtime/metrics';
import { FORGED, SIGNED } from './nodes';
import { type MachineClocks, SimulatedProcess } from './process';
import type { SeededRandom } from './random';
import { SimulatedSessions } from './sessions';
import { checkWork } from './work';
import type { World } from './world';

export const REPORTER = `0x${'0c'.repeat(20)}`;
/** The scheduler ticks, and the process says that it is alive, so often. */
const BEAT_MS = 1_000;

/** Everything that outlives a process of the oracle. */
export interface Surroundings {
  world: World;
  random: SeededRandom;
  clocks: MachineClocks;
  records: RoundRecords & ChallengeRecords & PresenceRecords;
  chain: RoundChain & { readonly isAway: boolean };
  times: SlotTimes;
  timetable: Timetable;
  overlapMs: number;
  log: Logger;
  /** Files by their hash. */
  files: Map<string, Uint8Array>;
  outages: Outages;
}

/** What is away, until when (true time). */
export interface Outages {
  databaseUntilMs: number;
  diskUntilMs: number;
  checkerUntilMs: number;
}

/** One process of the oracle: the real rounds between simulated sockets, chain, database and checkers. */
export class SimulatedReporter {
  readonly process: SimulatedProcess;
  readonly sessions: SimulatedSessions;
  private inbox: Inbox;
  private readonly presence: PresenceLog;
  private readonly records: RoundRecords & ChallengeRecords & PresenceRecords;
  private isListening = false;

  constructor(
    private readonly around: Surroundings,
    onKilled: () => void,
  ) {
    const { world, random, clocks, log, times, chain } = around;
    this.process = new SimulatedProcess(world, random, clocks, onKilled);
    this.sessions = new SimulatedSessions(
      this.process,
      () => this.inbox,
      () => chain.isAway,
    );
    const standstills = (sinceMs: number) => this.sessions.standstills(sinceMs);
    const records = this.remote(around.records, () => this.databaseMs());
    this.presence = new PresenceLog(records, standstills, this.process.clock, log);
    this.inbox = new Inbox(roundAt(this.process.clock.wallMs(), times) + 1);
    this.records = records;
  }

  /** The gateway takes sessions. */
  get listens(): boolean {
    return this.isListening && !this.process.isDead;
  }

  start(): void {
    this.process.enter(() => {
      this.live();
    });
  }

  /** As `createOracle` and `runOracle` do it, until the process dies. */
  private async live(): Promise<void> {
    const { clock, signal } = this.process;
    const { times } = this.around;
    this.inbox = new Inbox(await firstRoundOf(this.records, clock, times));
    const scheduler = new Scheduler(this.context(this.records), this.inbox);
    this.isListening = true;
    await this.presence.listens();
    this.tick(scheduler);
    while (!signal.aborted) {
      await this.presence.beat();
      await clock.sleep(BEAT_MS, signal);
    }
  }

  private tick(scheduler: Scheduler): void {
    scheduler.tick();
    this.around.world.after(BEAT_MS, () => this.process.enter(() => this.tick(scheduler)));
  }

  private context(records: RoundRecords & ChallengeRecords): RoundContext {
    const { around, process, sessions, presence } = this;
    const { timetable, overlapMs, times, log, random } = around;
    return {
      clock: process.clock,
      chain: this.remote(around.chain, () => random.between(5, 60)),
      rounds: records,
      challenges: records,
      gateway: sessions,
      presence,
      checker: { check: (check) => this.check(check) },
      evidence: this.remote(files(around), () => 1),
      signer: {
        sign: async () => SIGNED,
        isSignedBy: (_signer, _message, _value, signature) => signature !== FORGED,
      },
      random,
      reporter: REPORTER,
      times,
      timetable,
      overlapMs,
      maxClockDriftMs: 30_000,
      software: 'simulation',
      log,
      metrics: NO_METRICS,
      addIncident: () => undefined,
      signal: process.signal,
    };
  }

  private databaseMs(): number {
    const { outages, world, random } = this.around;
    // As the real one: a call waits until the database is back.
    return Math.max(0, outages.databaseUntilMs - world.nowMs) + random.between(1, 8);
  }

  private async check(check: Check): Promise<CheckResult> {
    const bytes = await check.opening();
    const { outages, world, random } = this.around;
    // As the pool: a check waits until a worker is there again.
    const latencyMs = Math.max(0, outages.checkerUntilMs - world.nowMs) + random.between(5, 80);
    return this.process.call(latencyMs, () => checkWork({ ...check, opening: async () => bytes }));
  }

  /** The same object behind the process's boundary: each call takes time, and the process may die in it. */
  private remote<T extends object>(target: T, latencyMs: () => number): T {
    return new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name);
        if (typeof value !== 'function') return value;
        return (...values: unknown[]) => this.process.call(latencyMs(), () => Reflect.apply(value, object, values));
      },
    });
  }
}

function files({ files: byHash, outages, world }: Surroundings) {
  return {
    put: async (bytes: Uint8Array): Promise<string> => {
      if (world.nowMs < outages.diskUntilMs) throw new RetryableError('the disk is full');
      const sha256 = `0x${createHash('sha256').update(bytes).digest('hex')}`;
      byHash.set(sha256, bytes);
      return sha256;
    },
    get: async (sha256: string): Promise<Uint8Array | null> => byHash.get(sha256) ?? null,
  };
}
