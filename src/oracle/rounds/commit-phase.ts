import { fromHex, toHex } from '../../protocol/bytes';
import { encodeFrame, type Frame, FrameError } from '../../protocol/messages';
import { LATE_MS } from '../../protocol/tasks';
import { monotonicMs } from '../../runtime/clock';
import { until } from '../../runtime/patience';
import { type Challenge, challengeKey, isAsked, type SignedChallenge } from '../store/model';
import type { Draw } from './states';

/** What the phase needs of the world: the gateway and the store. */
export interface CommitPhaseHooks {
  /** @returns the monotonic time in ms just before each was sent, null when the node has no session */
  ask(frames: { nodeId: number; device: number; text: string }[]): Promise<(number | null)[]>;
  /** Takes a challenge with its first commitment or busy claim and writes it down; resolves when it is safe. */
  save(challenge: Challenge): Promise<void>;
}

/**
 * From CHALLENGE to the last COMMIT that can count: sends every challenge at the same instant, stops each clock at
 * receipt and rounds up. It judges nothing: signatures are checked when the phase is over, so that checking never
 * delays a clock.
 */
export class CommitPhase {
  /** Challenges whose node sent a frame that breaks the protocol before it committed. */
  readonly malformed = new Set<string>();
  private readonly waiting = new Set<string>();
  private readonly asked = new Map<string, SignedChallenge>();
  private readonly sentMs = new Map<string, number>();
  private readonly saves: Promise<void>[] = [];
  private readonly over = new AbortController();
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
    private readonly draw: Draw,
    challenges: readonly Challenge[],
    private readonly hooks: CommitPhaseHooks,
  ) {
    for (const challenge of challenges.filter(isAsked)) {
      if (!challenge.verdict) this.asked.set(challengeKey(challenge), challenge);
    }
  }

  /** Sends the challenges. @returns milliseconds until the longest deadline */
  async start(): Promise<number> {
    const frames = [...this.asked].map(([key, challenge]) => ({ key, challenge, text: this.frame(challenge) }));
    let longestMs = 0;
    let lastSentMs = 0;
    const sent = await this.hooks.ask(
      frames.map(({ challenge: { nodeId, device }, text }) => ({ nodeId, device, text })),
    );
    for (const [i, { key, challenge }] of frames.entries()) {
      const sentMs = sent[i] ?? null;
      if (sentMs === null) continue;
      this.sentMs.set(key, sentMs);
      this.waiting.add(key);
      longestMs = Math.max(longestMs, challenge.deadlineMs);
      lastSentMs = sentMs;
    }
    if (this.waiting.size === 0) this.stop();
    else this.end(lastSentMs + longestMs).catch(() => undefined);
    return longestMs;
  }

  /** Ends every wait and clock. */
  stop(): void {
    this.over.abort();
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

  /** @param deadlineMs by the monotonic clock. @throws AbortError when the phase ended before */
  private async end(deadlineMs: number): Promise<void> {
    await until(deadlineMs, this.over.signal, monotonicMs);
    this.resolveInTime();
    await until(deadlineMs + LATE_MS, this.over.signal, monotonicMs);
    this.stop();
  }

  /** True when this node was sent a challenge of this round for that device. */
  wasAsked(nodeId: number, device: number): boolean {
    return this.sentMs.has(challengeKey({ nodeId, device }));
  }

  /**
   * Takes a COMMIT. One that repeats the recorded commitment, or comes when nothing counts any more, changes nothing.
   * @throws FrameError out_of_order for a second, different commitment
   */
  commit(nodeId: number, frame: Frame<'COMMIT'>, receivedMs: number): void {
    const key = challengeKey({ nodeId, device: frame.device });
    const challenge = this.asked.get(key);
    if (challenge?.commit && toHex(challenge.commit.commitment) !== frame.commitment) {
      throw new FrameError('out_of_order', `a second COMMIT for round ${frame.round}`, 'COMMIT');
    }
    const sentMs = this.sentMs.get(key);
    if (!challenge || sentMs === undefined || !this.waiting.has(key)) return;
    const elapsedMs = Math.ceil(receivedMs - sentMs);
    if (elapsedMs > challenge.deadlineMs + LATE_MS) return;
    const commit = { commitment: fromHex(frame.commitment), signature: frame.signature, elapsedMs };
    this.answered(key, { ...challenge, commit });
  }

  /**
   * Takes a BUSY claim; whether it excuses is looked up on-chain later. @throws FrameError out_of_order after a COMMIT
   */
  busy(nodeId: number, frame: Frame<'BUSY'>): void {
    const key = challengeKey({ nodeId, device: frame.device });
    const challenge = this.asked.get(key);
    if (challenge?.commit) throw new FrameError('out_of_order', `BUSY after COMMIT in round ${frame.round}`, 'BUSY');
    if (!challenge || !this.waiting.has(key)) return;
    this.answered(key, { ...challenge, busy: { jobId: BigInt(frame.jobId), shard: frame.shard } });
  }

  /** A node broke the protocol: what it has not answered yet it has forfeited. */
  broken(nodeId: number): void {
    for (const key of this.waiting) {
      if (this.asked.get(key)?.nodeId !== nodeId) continue;
      this.malformed.add(key);
      this.waiting.delete(key);
    }
    if (this.waiting.size === 0) this.stop();
  }

  private answered(key: string, challenge: SignedChallenge): void {
    this.asked.set(key, challenge);
    this.waiting.delete(key);
    this.track(this.hooks.save(challenge));
    if (this.waiting.size === 0) this.stop();
  }

  private frame(challenge: SignedChallenge): string {
    const { task, ...params } = challenge.params;
    return encodeFrame('CHALLENGE', {
      round: challenge.round,
      openBlock: { number: this.draw.openBlock, hash: this.draw.openBlockHash },
      nonce: toHex(this.draw.nonce),
      device: challenge.device,
      task,
      params,
      taskSeed: toHex(challenge.taskSeed),
      deadlineMs: challenge.deadlineMs,
      signature: challenge.signature,
    });
  }
}
