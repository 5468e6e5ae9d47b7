import { type Frame, FrameError } from '../../protocol/messages';
import type { Clock } from '../../runtime/clock';
import { roundAt, type SlotTimes } from './context';
import type { RoundRecords } from './ports';
import type { RoundRunner } from './runner';
import type { State } from './states';

/**
 * So many rounds are remembered when they are over: a message that comes late for one of them is dropped in silence.
 */
const REMEMBERED_ROUNDS = 8;

/** Routes what nodes send to the round it is about. Times are of the monotonic clock, ms. */
export class Inbox {
  private readonly active = new Map<number, RoundRunner>();
  private readonly over = new Map<number, RoundRunner>();

  /**
   * @param firstRound the first round that this process can open itself. A node that answers an older one answers the
   *   process before this one, and does nothing wrong.
   */
  constructor(private readonly firstRound: number) {}

  /** States of the rounds under way. */
  states(): State[] {
    return [...this.active.values()].map(({ state }) => state);
  }

  isActive(round: number): boolean {
    return this.active.has(round);
  }

  add(runner: RoundRunner): void {
    this.active.set(runner.number, runner);
  }

  remove(runner: RoundRunner): void {
    this.active.delete(runner.number);
    this.over.set(runner.number, runner);
    for (const round of this.over.keys()) {
      if (this.over.size <= REMEMBERED_ROUNDS) break;
      this.over.delete(round);
    }
  }

  currentRound(): number | null {
    return this.active.size === 0 ? null : Math.max(...this.active.keys());
  }

  /** @throws FrameError for what a node may not answer */
  onCommit(nodeId: number, frame: Frame<'COMMIT'>, receivedMs: number): void {
    this.askedOrStale(nodeId, frame)?.onCommit(nodeId, frame, receivedMs);
  }

  /** @throws FrameError for what a node may not answer */
  onBusy(nodeId: number, frame: Frame<'BUSY'>, receivedMs: number): void {
    this.askedOrStale(nodeId, frame)?.onBusy(nodeId, frame, receivedMs);
  }

  onReveal(nodeId: number, round: number, device: number, bytes: Uint8Array, receivedMs: number): void {
    this.active.get(round)?.onReveal(nodeId, device, bytes, receivedMs);
  }

  onReady(nodeId: number): void {
    for (const runner of this.active.values()) runner.onReady(nodeId);
  }

  /** A node that is away may come back in time. */
  onGone(): void {}

  onBroken(nodeId: number, atMs: number): void {
    for (const runner of this.active.values()) runner.onBroken(nodeId, atMs);
  }

  /** The round that asked the node; null when the message is merely too late. @throws FrameError out_of_order */
  private askedOrStale(nodeId: number, frame: Frame<'COMMIT' | 'BUSY'>): RoundRunner | null {
    const runner = this.active.get(frame.round) ?? this.over.get(frame.round);
    if (runner?.wasAsked(nodeId, frame.device)) return runner;
    const isLeftover = runner ? runner.wasSentBefore : frame.round < this.firstRound;
    if (isLeftover) return null;
    const words = `${frame.type} for round ${frame.round}, which did not ask this node`;
    throw new FrameError('out_of_order', words, frame.type);
  }
}

/**
 * The first round that a process which starts now can open itself: after the current slot's, and after every round that
 * an earlier process wrote down, which this machine's clock may not have reached again.
 */
export async function firstRoundOf(
  rounds: Pick<RoundRecords, 'newest'>,
  clock: Pick<Clock, 'wallMs'>,
  times: SlotTimes,
): Promise<number> {
  return Math.max(roundAt(clock.wallMs(), times), (await rounds.newest()) ?? -1) + 1;
}
