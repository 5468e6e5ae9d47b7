import { spareMs } from '../../protocol/rounds/timetable';
import { epochOf, type RoundContext, roundAt, slotOf } from './context';
import type { Inbox } from './inbox';
import { RoundRunner } from './runner';
import type { UnfinishedRound } from './states';

/** Reporters of past rounds that are remembered. */
const REMEMBERED = 4_096;

/**
 * Turns time into rounds: writes each slot's round down, runs what is not over, and leaves a neutral record of what was
 * missed.
 */
export class Scheduler {
  private readonly reporters = new Map<number, string | undefined>();
  private readonly running = new Set<Promise<void>>();
  private ticking = false;
  private failed = new Map<number, number>();

  constructor(
    private readonly ctx: RoundContext,
    private readonly inbox: Inbox,
  ) {}

  /**
   * One tick (every second): schedules the current slot's round if it is this reporter's, records missed ones, and
   * starts a runner for each round that is not over. Never throws; a tick that comes while one is under way does
   * nothing.
   */
  async tick(): Promise<void> {
    if (this.ticking || this.ctx.signal.aborted) return;
    this.ticking = true;
    try {
      await this.schedule(this.ctx.clock.wallMs());
      for (const round of await this.ctx.rounds.unfinished()) this.run(round);
    } catch (error) {
      if (!this.ctx.signal.aborted)
        this.ctx.log.error({ error: (error as Error).message }, 'scheduling failed; next second again');
    } finally {
      this.ticking = false;
    }
  }

  /** Resolves when every runner has stopped (after the signal fired). */
  async stopped(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  private async schedule(nowMs: number): Promise<void> {
    const { times, rounds, timetable, overlapMs, random } = this.ctx;
    const current = roundAt(nowMs, times);
    if (current < 0) return;
    const newest = await rounds.newest();
    if (newest !== undefined && newest >= current) return;
    for (const round of newest === undefined ? [] : missedRounds(newest, current, times.slotsPerEpoch)) {
      if (await this.isMine(round)) await this.write(round, 0);
    }
    if (!(await this.isMine(current))) return;
    // Of a slot that has begun already, what is left.
    const spare = spareMs(timetable, times.slotMs, overlapMs);
    const begunMs = Math.min(spare, Math.max(0, nowMs - slotOf(current, times).startMs));
    await this.write(current, begunMs + random.below(spare - begunMs + 1));
  }

  /** @param offsetMs how much later than the earliest the round starts */
  private async write(round: number, offsetMs: number): Promise<void> {
    const { times, timetable, reporter, software, rounds } = this.ctx;
    const { startMs, endMs } = slotOf(round, times);
    await rounds.schedule({
      round,
      epoch: epochOf(round, times),
      reporter,
      slotStartMs: startMs,
      slotEndMs: endMs,
      startAtMs: startMs + timetable.prepareMs + offsetMs,
      timetable,
      software,
    });
  }

  private run(round: UnfinishedRound): void {
    if (this.inbox.isActive(round.round)) return;
    const runner = new RoundRunner(this.ctx, round);
    this.inbox.add(runner);
    const run = runner
      .run()
      .then(() => void this.failed.delete(round.round))
      .catch((error: Error) => {
        if (this.ctx.signal.aborted) return;
        const times = (this.failed.get(round.round) ?? 0) + 1;
        this.failed.set(round.round, times);
        // The first failure carries the stack; a lasting one must not fill the log every second.
        if (times === 1) this.ctx.log.error({ round: round.round, error: error.stack }, 'round failed; taken up again');
      })
      .finally(() => {
        this.inbox.remove(runner);
        this.running.delete(run);
      });
    this.running.add(run);
  }

  private async isMine(round: number): Promise<boolean> {
    if (!this.reporters.has(round)) {
      if (this.reporters.size >= REMEMBERED) this.reporters.clear();
      this.reporters.set(round, await this.ctx.chain.reporterOfRound(round));
    }
    return this.reporters.get(round) === this.ctx.reporter;
  }
}

/**
 * Rounds after `newest` and before `current` that deserve a record: those of the epoch of `newest`, of the epoch before
 * the current one and of the current one. Epochs in between, missed whole, have nothing to report.
 */
export function missedRounds(newest: number, current: number, slotsPerEpoch: number): number[] {
  const epoch = (round: number) => Math.floor(round / slotsPerEpoch);
  const missed: number[] = [];
  const recent = (epoch(current) - 1) * slotsPerEpoch;
  const endOfNewest = (epoch(newest) + 1) * slotsPerEpoch;
  for (let round = newest + 1; round < Math.min(endOfNewest, current); round++) missed.push(round);
  for (let round = Math.max(recent, endOfNewest, newest + 1); round < current; round++) missed.push(round);
  return missed;
}
