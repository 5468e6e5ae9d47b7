import { toHex } from '../../protocol/bytes';
import { encodeFrame, type Frame, FrameError } from '../../protocol/messages';
import { type Challenge, challengeKey, type RoundOpening } from '../store/model';
import { bytesOf } from '../store/rows';

/** After its deadline a commitment is LATE for this long, then it is none (protocol section 2). */
export const LATE_MS = 2_000;

/** What the phase needs of the world: the gateway and the store. */
export interface CommitPhaseHooks {
  /** @returns the monotonic time in ms just before sending, null when the node has no session */
  send(nodeId: number, text: string): number | null;
  /** Writes a first commitment or busy claim down; resolves when it is safe. */
  save(challenge: Challenge): Promise<void>;
}

/**
 * From CHALLENGE to the last COMMIT that can count: sends every challenge at the same instant, stops each clock at receipt
 * and rounds up. It judges nothing: signatures are checked when the phase is over, so that checking never delays a clock.
 */
export class CommitPhase {
  /** Challenges whose node sent a frame that breaks the protocol before it committed. */
  readonly malformed = new Set<string>();
  private readonly waiting = new Map<string, Challenge>();
  private readonly asked = new Map<string, Challenge>();
  private readonly sentMs = new Map<string, number>();
  private readonly saves: Promise<void>[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private resolveInTime!: () => void;
  private resolveLate!: () => void;
  /** Resolves when every challenge is answered or the longest deadline has passed. */
  readonly inTime = new Promise<void>((resolve) => {
    this.resolveInTime = resolve;
  });
  /** Resolves when no LATE commitment can come any more. */
  readonly late = new Promise<void>((resolve) => {
    this.resolveLate = resolve;
  });

  constructor(
    private readonly opening: RoundOpening,
    challenges: readonly Challenge[],
    private readonly hooks: CommitPhaseHooks,
  ) {
    for (const challenge of challenges) {
      if (challenge.signature && !challenge.verdict)
        this.asked.set(challengeKey(challenge.nodeId, challenge.device), challenge);
    }
  }

  /** Sends the challenges. @returns milliseconds until the longest deadline */
  start(): number {
    const frames = [...this.asked.values()].map((challenge) => ({ challenge, text: this.frame(challenge) }));
    for (const { challenge, text } of frames) {
      const key = challengeKey(challenge.nodeId, challenge.device);
      const sentMs = this.hooks.send(challenge.nodeId, text);
      if (sentMs === null) continue;
      this.sentMs.set(key, sentMs);
      this.waiting.set(key, challenge);
    }
    const longestMs = Math.max(0, ...[...this.waiting.values()].map((challenge) => challenge.deadlineMs));
    if (this.waiting.size === 0) {
      this.stop();
    } else {
      this.timers.push(
        setTimeout(this.resolveInTime, longestMs),
        setTimeout(() => this.stop(), longestMs + LATE_MS),
      );
    }
    return longestMs;
  }

  /** Ends every wait and clock. */
  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.waiting.clear();
    this.resolveInTime();
    this.resolveLate();
  }

  /** Another write that `saved` waits for. */
  track(saving: Promise<void>): void {
    // Whoever awaits `saved` sees the failure; until then it must not count as unhandled.
    saving.catch(() => undefined);
    this.saves.push(saving);
  }

  /** Resolves when everything received so far is written down. */
  async saved(): Promise<void> {
    await Promise.all(this.saves);
  }

  /** True when this node was sent a challenge of this round for that device. */
  wasAsked(nodeId: number, device: number): boolean {
    return this.sentMs.has(challengeKey(nodeId, device));
  }

  /**
   * Takes a COMMIT. One that repeats the recorded commitment, or comes when nothing counts any more, changes nothing.
   * @throws FrameError out_of_order for a second, different commitment
   */
  commit(nodeId: number, frame: Frame<'COMMIT'>, receivedMs: number): void {
    const key = challengeKey(nodeId, frame.device);
    const challenge = this.asked.get(key);
    if (challenge?.commitment && toHex(challenge.commitment) !== frame.commitment) {
      throw new FrameError('out_of_order', `a second COMMIT for round ${frame.round}`, 'COMMIT');
    }
    const sentMs = this.sentMs.get(key);
    if (!challenge || sentMs === undefined || !this.waiting.has(key)) return;
    const elapsedMs = Math.ceil(receivedMs - sentMs);
    if (elapsedMs > challenge.deadlineMs + LATE_MS) return;
    challenge.commitment = bytesOf(frame.commitment);
    challenge.commitSignature = frame.signature;
    challenge.elapsedMs = elapsedMs;
    this.answered(key, challenge);
  }

  /** Takes a BUSY claim; whether it excuses is looked up on-chain later. @throws FrameError out_of_order after a COMMIT */
  busy(nodeId: number, frame: Frame<'BUSY'>): void {
    const key = challengeKey(nodeId, frame.device);
    const challenge = this.asked.get(key);
    if (challenge?.commitment)
      throw new FrameError('out_of_order', `BUSY after COMMIT in round ${frame.round}`, 'BUSY');
    if (!challenge || !this.waiting.has(key)) return;
    challenge.busy = { jobId: BigInt(frame.jobId), shard: frame.shard };
    this.answered(key, challenge);
  }

  /** A node broke the protocol: what it has not answered yet it has forfeited. */
  broken(nodeId: number): void {
    for (const [key, challenge] of this.waiting) {
      if (challenge.nodeId !== nodeId) continue;
      this.malformed.add(key);
      this.answered(key, null);
    }
  }

  private answered(key: string, toSave: Challenge | null): void {
    this.waiting.delete(key);
    if (toSave) this.track(this.hooks.save(toSave));
    if (this.waiting.size === 0) this.stop();
  }

  private frame(challenge: Challenge): string {
    const { task, ...params } = challenge.params;
    return encodeFrame('CHALLENGE', {
      round: challenge.round,
      openBlock: { number: this.opening.openBlock, hash: this.opening.openBlockHash },
      nonce: toHex(this.opening.nonce),
      device: challenge.device,
      task,
      params,
      taskSeed: toHex(challenge.taskSeed),
      deadlineMs: challenge.deadlineMs,
      signature: challenge.signature!,
    });
  }
}
