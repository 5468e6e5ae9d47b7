import { type Frame, FrameError } from '../../protocol/messages';
import type { NodeMessages } from '../gateway/gateway';
import type { RoundRunner } from './runner';

/**
 * So many rounds are remembered when they are over: a message that comes late for one of them is dropped in silence.
 */
const REMEMBERED_ROUNDS = 8;

/**
 * After a start nodes come back one after the other. They count as settled when none has come for QUIET_MS, and in any
 * case SETTLING_MS after the start: from then on a new session is an everyday event.
 */
const QUIET_MS = 3_000;
const SETTLING_MS = 60_000;

/** Routes what nodes send to the round it is about. */
export class Inbox implements NodeMessages {
  private readonly active = new Map<number, RoundRunner>();
  private readonly over = new Map<number, RoundRunner>();

  private lastReadyMs = 0;

  /**
   * @param startedAtMs when this process began to listen
   * @param firstRound the first round that this process can open itself. A node that answers an older one answers the
   *   process before this one, and does nothing wrong.
   */
  constructor(
    private readonly startedAtMs: number,
    private readonly firstRound: number,
  ) {}

  /**
   * True while nodes are still coming back after a start: a round that opened now would find honest ones unreachable.
   */
  isSettling(nowMs: number): boolean {
    return nowMs < this.startedAtMs + SETTLING_MS && nowMs < this.lastReadyMs + QUIET_MS;
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

  onCommit(nodeId: number, frame: Frame<'COMMIT'>, receivedMs: number): void {
    this.askedOrStale(nodeId, frame)?.commit(nodeId, frame, receivedMs);
  }

  onBusy(nodeId: number, frame: Frame<'BUSY'>): void {
    this.askedOrStale(nodeId, frame)?.busy(nodeId, frame);
  }

  onReveal(nodeId: number, round: number, device: number, opening: Uint8Array): void {
    this.active.get(round)?.onReveal(nodeId, device, opening);
  }

  onReady(nodeId: number): void {
    this.lastReadyMs = Date.now();
    for (const runner of this.active.values()) runner.onReady(nodeId);
  }

  onGone(): void {
    // It may come back and answer.
  }

  onBroken(nodeId: number): void {
    for (const runner of this.active.values()) runner.commitPhase?.broken(nodeId);
  }

  /** The commit phase that asked the node; null when the message is merely too late. @throws FrameError out_of_order */
  private askedOrStale(nodeId: number, frame: Frame<'COMMIT' | 'BUSY'>) {
    const phase = (this.active.get(frame.round) ?? this.over.get(frame.round))?.commitPhase;
    if (phase?.wasAsked(nodeId, frame.device)) return phase;
    if (!phase && this.isLeftover(frame.round)) return null;
    throw new FrameError(
      'out_of_order',
      `${frame.type} for round ${frame.round}, which did not ask this node`,
      frame.type,
    );
  }

  private isLeftover(round: number): boolean {
    return this.over.has(round) || this.active.has(round) || round < this.firstRound;
  }
}
