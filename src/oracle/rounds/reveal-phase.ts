import { toHex } from '../../protocol/bytes';
import { anchorLeaves, merklePath } from '../../protocol/merkle';
import { encodeFrame, FrameError } from '../../protocol/messages';
import { OpeningAssembler, type OpeningPart } from '../../protocol/opening-parts';
import { TASKS } from '../../protocol/tasks';
import { until } from '../../runtime/patience';
import { type AnchoredChallenge, challengeKey } from '../store/model';
import type { Opening } from './states';

/** What the phase needs of the world: the gateway, and whoever judges. */
export interface RevealPhaseHooks {
  send(nodeId: number, text: string): unknown;
  /** Checks a complete opening and gives the challenge its verdict. */
  judge(challenge: AnchoredChallenge, opening: Uint8Array): Promise<void>;
}

/**
 * From COINS to the last opening: sends coins (again when a node comes back), puts openings together, has them judged.
 */
export class RevealPhase {
  private readonly waiting = new Map<string, AnchoredChallenge>();
  private readonly assemblers = new Map<string, OpeningAssembler>();
  private readonly paths: Map<string, string[]>;
  private readonly judging = new Set<Promise<void>>();
  private failure: Error | null = null;
  private wake: () => void = () => undefined;

  /** @param anchored every challenge under the round's anchor; those without a verdict are waited for */
  constructor(
    private readonly round: Opening,
    anchored: readonly AnchoredChallenge[],
    private readonly hooks: RevealPhaseHooks,
  ) {
    const leaves = anchorLeaves(anchored.map(({ nodeId, device, commit }) => ({ nodeId, device, ...commit })));
    this.paths = new Map(anchored.map((c) => [challengeKey(c), merklePath(leaves, c.leafIndex).map(toHex)]));
    for (const challenge of anchored) {
      if (!challenge.verdict) this.waiting.set(challengeKey(challenge), challenge);
    }
  }

  /** Sends COINS to every node whose opening is awaited. */
  start(): void {
    for (const challenge of this.waiting.values()) this.sendCoins(challenge);
  }

  /** Sends COINS to one node again: it has a new session, so parts received before it are forgotten. */
  resend(nodeId: number): void {
    for (const [key, challenge] of this.waiting) {
      if (challenge.nodeId !== nodeId) continue;
      this.assemblers.delete(key);
      this.sendCoins(challenge);
    }
  }

  /**
   * Takes a part of an opening; parts nobody waits for any more are dropped.
   * @throws FrameError when it breaks the order or the size that the challenge allows
   */
  part(nodeId: number, part: OpeningPart): void {
    const key = challengeKey({ nodeId, device: part.device });
    const challenge = this.waiting.get(key);
    if (!challenge) {
      if (!this.paths.has(key))
        throw new FrameError('out_of_order', 'OPEN for a commitment that is not anchored', 'OPEN');
      return;
    }
    let assembler = this.assemblers.get(key);
    if (!assembler) {
      assembler = new OpeningAssembler(TASKS[challenge.params.task].maxOpeningBytes(challenge.params));
      this.assemblers.set(key, assembler);
    }
    const opening = assembler.add(part);
    if (!opening) return;
    this.waiting.delete(key);
    this.assemblers.delete(key);
    const judged = this.hooks
      .judge(challenge, opening)
      .catch((error: Error) => {
        this.failure ??= error;
      })
      .finally(() => {
        this.judging.delete(judged);
        this.wake();
      });
    this.judging.add(judged);
  }

  /**
   * Resolves when every awaited challenge is judged, or the round's deadline has passed and those are judged whose
   * opening came before it.
   * @returns challenges whose opening has not come; later parts of theirs are dropped
   * @throws what judging threw; the signal's reason when the process stops
   */
  async finished(signal: AbortSignal): Promise<AnchoredChallenge[]> {
    const over = new AbortController();
    let isLate = false;
    const end = () => {
      isLate = true;
      this.wake();
    };
    const stop = () => this.wake();
    signal.addEventListener('abort', stop);
    // Ends at the deadline, at the stop of the process, or when nobody waits any more.
    until(this.round.openDeadlineMs, AbortSignal.any([signal, over.signal])).then(end, end);
    try {
      while (this.judging.size > 0 || (this.waiting.size > 0 && !isLate)) {
        signal.throwIfAborted();
        if (this.failure) throw this.failure;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    } finally {
      signal.removeEventListener('abort', stop);
      over.abort();
    }
    signal.throwIfAborted();
    if (this.failure) throw this.failure;
    const silent = [...this.waiting.values()];
    this.waiting.clear();
    return silent;
  }

  private sendCoins(challenge: AnchoredChallenge): void {
    const { round, draw, commitments, anchor } = this.round;
    this.hooks.send(
      challenge.nodeId,
      encodeFrame('COINS', {
        round,
        device: challenge.device,
        anchor: { blockNumber: anchor.blockNumber, blockHash: anchor.blockHash },
        coinSecret: toHex(draw.coinSecret),
        root: toHex(commitments.root),
        count: commitments.count,
        index: challenge.leafIndex,
        elapsedMs: challenge.commit.elapsedMs,
        path: this.paths.get(challengeKey(challenge)) ?? [],
      }),
    );
  }
}
