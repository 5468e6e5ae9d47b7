import { randomInt } from 'node:crypto';
import { epochOf, type RoundContext, roundAt, slotOf } from './context';
import type { Inbox } from './inbox';
import { RoundRunner } from './runner';
import type { UnfinishedRound } from './states';

/**
 * What a slot must hold after the round's start: the longest usual deadline (three runs of 4 s) and the anchor until it
 * is final.
 */
const LONGEST_DEADLINE_MS = 12_000;
const LONGEST_ANCHOR_MS = 60_000;
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

  /** @param notBeforeMs rounds do not open before this time: after a start nodes need a moment to come back */
  constructor(
    private readonly ctx: RoundContext,
    private readonly inbox: Inbox,
    private readonly notBeforeMs: number,
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
      await this.schedule(Date.now());
      for (const round of await this.ctx.rounds.unfinished()) await this.run(round);
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

  /** The reporter's last round of an epoch; undefined when it has none. */
  async lastRoundOf(epoch: number): Promise<number | undefined> {
    const { slotsPerEpoch } = this.ctx.times;
    for (let round = (epoch + 1) * slotsPerEpoch - 1; round >= epoch * slotsPerEpoch; round--) {
      if (await this.isMine(round)) return round;
    }
    return undefined;
  }

  private async schedule(nowMs: number): Promise<void> {
    const { times, rounds } = this.ctx;
    const current = roundAt(nowMs, times);
    if (current < 0) return;
    const newest = await rounds.newest();
    if (newest !== undefined && newest >= current) return;
    for (const round of newest === undefined ? [] : missedRounds(newest, current, times.slotsPerEpoch)) {
      if (await this.isMine(round)) await this.write(round, 0);
    }
    if (await this.isMine(current)) await this.write(current, randomInt(this.spareMs() + 1));
  }

  /** How late in its slot a round may start. */
  private spareMs(): number {
    const { times, minOpenMs } = this.ctx;
    const anchorMs = Math.min(LONGEST_ANCHOR_MS, times.slotMs / 5);
    return Math.max(0, Math.floor(times.slotMs - LONGEST_DEADLINE_MS - anchorMs - minOpenMs));
  }

  private async write(round: number, startOffsetMs: number): Promise<void> {
    const { times, reporter, software, rounds } = this.ctx;
    const { startMs, endMs } = slotOf(round, times);
    await rounds.schedule({
      round,
      epoch: epochOf(round, times),
      reporter,
      slotStartMs: startMs,
      slotEndMs: endMs,
      startOffsetMs,
      software,
    });
  }

  private async run(round: UnfinishedRound): Promise<void> {
    if (this.inbox.isActive(round.round)) return;
    const last = await this.lastRoundOf(round.epoch);
    const runner = new RoundRunner(this.ctx, round, {
      notBeforeMs: this.notBeforeMs,
      isSettling: () => this.inbox.isSettling(Date.now()),
      isLastOfEpoch: last === round.round,
    });
    this.inbox.add(runner);
    const run = runner
      .run()
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
      this.reporters.set(round, await this.ctx.chain.oracle.reporterOfRound(BigInt(round)));
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
