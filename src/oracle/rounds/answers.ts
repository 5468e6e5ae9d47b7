import { fromHex, toHex } from '../../protocol/bytes';
import { encodeFrame, type Frame, FrameError } from '../../protocol/messages';
import { answerOfBusy, busyValue, receiptValue } from '../../protocol/signed-values';
import { LATE_MS } from '../../protocol/tasks';
import { type Challenge, challengeKey } from '../store/model';
import type { Challenges } from './challenges';
import type { RoundContext } from './context';

/** What taking answers takes. */
export interface AnswersContext extends Pick<RoundContext, 'gateway' | 'signer' | 'metrics'> {
  challenges: Pick<RoundContext['challenges'], 'saveAnswer'>;
}

/**
 * What nodes answer to their challenges, from the sending until nothing can be LATE any more. Signatures are checked
 * on arrival: the clocks are the gateway thread's, so nothing here delays them. An answer is written down, then its
 * node gets a RECEIPT. The first answer stands.
 */
export class Answers {
  /** By challengeKey; written down yet or not. */
  private readonly taken = new Map<string, Challenge>();
  /** Of the receipts, by challengeKey. */
  private readonly signatures = new Map<string, string>();
  private readonly saves = new Set<Promise<void>>();
  private failure: Error | null = null;

  /**
   * @param originMs monotonic time at which the round's challenges went out
   * @param sentAtMs monotonic time of each challenge's sending, by challengeKey
   * @param onClaim told of a busy claim that is written down
   */
  constructor(
    private readonly ctx: AnswersContext,
    private readonly challenges: Challenges,
    private readonly originMs: number,
    private readonly sentAtMs: ReadonlyMap<string, number>,
    private readonly onClaim: (challenge: Challenge) => void,
  ) {}

  /** True when this node was sent a challenge of this round for that device. */
  wasAsked(nodeId: number, device: number): boolean {
    return this.sentAtMs.has(challengeKey({ nodeId, device }));
  }

  /**
   * Takes a COMMIT. One that repeats the recorded commitment gets its RECEIPT again; one that comes when nothing counts
   * any more changes nothing.
   * @throws FrameError out_of_order for a second, different commitment; signature
   */
  commit(nodeId: number, frame: Frame<'COMMIT'>, receivedAtMs: number): void {
    const key = challengeKey({ nodeId, device: frame.device });
    const challenge = this.challenges.of(key);
    const sentAtMs = this.sentAtMs.get(key);
    if (!challenge || sentAtMs === undefined) return;
    const first = this.commitOf(challenge);
    if (first) {
      if (toHex(first.commitment) !== frame.commitment) {
        throw new FrameError('out_of_order', `a second COMMIT for round ${frame.round}`, 'COMMIT');
      }
      // Of one that is being written down the receipt is on its way.
      if (challenge.commit) this.track(this.receipt(challenge));
      return;
    }
    const elapsedMs = Math.ceil(receivedAtMs - sentAtMs);
    if (!this.isAwaited(challenge) || elapsedMs > challenge.deadlineMs + LATE_MS) return;
    const value = { taskSeed: toHex(challenge.taskSeed), commitment: frame.commitment };
    if (!this.ctx.signer.isSignedBy(challenge.workerKey, 'Commit', value, frame.signature)) {
      throw new FrameError('signature', `COMMIT of round ${frame.round} is not signed by the worker key`, 'COMMIT');
    }
    const commitment = fromHex(frame.commitment, 32);
    const receivedMs = this.offset(receivedAtMs);
    this.answered({ ...challenge, commit: { commitment, signature: frame.signature, elapsedMs, receivedMs } });
  }

  /** Takes a BUSY claim. @throws FrameError out_of_order after a COMMIT; signature */
  busy(nodeId: number, frame: Frame<'BUSY'>, receivedAtMs: number): void {
    const key = challengeKey({ nodeId, device: frame.device });
    const challenge = this.challenges.of(key);
    const sentAtMs = this.sentAtMs.get(key);
    if (!challenge || sentAtMs === undefined) return;
    if (this.commitOf(challenge))
      throw new FrameError('out_of_order', `BUSY after COMMIT in round ${frame.round}`, 'BUSY');
    const elapsedMs = Math.ceil(receivedAtMs - sentAtMs);
    if (!this.isAwaited(challenge) || elapsedMs > challenge.deadlineMs + LATE_MS) return;
    const value = busyValue(frame, toHex(challenge.taskSeed));
    if (!this.ctx.signer.isSignedBy(challenge.workerKey, 'Busy', value, frame.signature)) {
      throw new FrameError('signature', `BUSY of round ${frame.round} is not signed by the worker key`, 'BUSY');
    }
    const receivedMs = this.offset(receivedAtMs);
    const claim = { jobId: BigInt(frame.jobId), shard: frame.shard };
    const busy = { ...claim, signature: frame.signature, elapsedMs, receivedMs, ruling: null };
    this.answered({ ...challenge, busy });
  }

  /** A node broke the protocol: what it has not answered yet it has forfeited. @param atMs monotonic */
  broken(nodeId: number, atMs: number): void {
    for (const challenge of this.challenges.all()) {
      const sentAtMs = this.sentAtMs.get(challengeKey(challenge));
      if (challenge.nodeId !== nodeId || sentAtMs === undefined || !this.isAwaited(challenge)) continue;
      if (atMs > sentAtMs + challenge.deadlineMs + LATE_MS) continue;
      this.answered({ ...challenge, brokenMs: this.offset(atMs) });
    }
  }

  /** Another write that `saved` waits for. */
  track(work: Promise<void>): void {
    const tracked = work
      .catch((error: Error) => {
        this.failure ??= error;
      })
      .finally(() => this.saves.delete(tracked));
    this.saves.add(tracked);
  }

  /** Resolves when everything taken so far is written down. @throws what writing threw */
  async saved(): Promise<void> {
    while (this.saves.size > 0) await Promise.all(this.saves);
    if (this.failure) throw this.failure;
  }

  /** The node's COMMIT, also while it is being written down. */
  private commitOf(challenge: Challenge): Challenge['commit'] {
    return challenge.commit ?? this.taken.get(challengeKey(challenge))?.commit ?? null;
  }

  private isAwaited(challenge: Challenge): boolean {
    return !challenge.verdict && !this.taken.has(challengeKey(challenge));
  }

  private answered(challenge: Challenge): void {
    this.taken.set(challengeKey(challenge), challenge);
    this.track(this.take(challenge));
  }

  /** Durable first: only then does the challenge count as answered, and its node gets the receipt. */
  private async take(challenge: Challenge): Promise<void> {
    await this.ctx.challenges.saveAnswer(challenge);
    this.challenges.put([challenge]);
    await this.receipt(challenge);
    if (challenge.busy) this.onClaim(challenge);
  }

  private async receipt(challenge: Challenge): Promise<void> {
    const { round, nodeId, device, commit, busy } = challenge;
    const answer = commit
      ? toHex(commit.commitment)
      : busy && answerOfBusy({ jobId: busy.jobId.toString(), shard: busy.shard });
    if (answer === null) return;
    const elapsedMs = commit?.elapsedMs ?? busy?.elapsedMs ?? 0;
    const key = challengeKey(challenge);
    const receipt = { round, device, taskSeed: toHex(challenge.taskSeed), answer, elapsedMs };
    // Signed once: who repeats its answer must not keep this process signing.
    const signature =
      this.signatures.get(key) ?? (await this.ctx.signer.sign('Receipt', receiptValue(receipt, nodeId)));
    this.signatures.set(key, signature);
    this.ctx.gateway.send(nodeId, encodeFrame('RECEIPT', { ...receipt, signature }));
    this.ctx.metrics.add('dpin_oracle_receipts_total', {});
  }

  private offset(atMs: number): number {
    return Math.floor(atMs - this.originMs);
  }
}
