import { toHex } from '../../protocol/bytes';
import { anchorLeaves, merklePath } from '../../protocol/merkle';
import { encodeFrame } from '../../protocol/messages';
import { TASKS } from '../../protocol/tasks';
import { until } from '../../runtime/patience';
import type { ExpectedOpening } from '../gateway/thread-messages';
import { type AnchoredChallenge, challengeKey } from '../store/model';
import type { Opening } from './states';

/** What the phase needs of the world: the gateway, and whoever judges. */
export interface RevealPhaseHooks {
  send(nodeId: number, text: string): unknown;
  /** Checks a complete opening and gives the challenge its verdict. */
  judge(challenge: AnchoredChallenge, opening: Uint8Array): Promise<void>;
}

/**
 * From COINS to the last opening: sends coins (again when a node comes back), has openings judged.
 */
export class RevealPhase {
  private readonly waiting = new Map<string, AnchoredChallenge>();
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

  /** Sends COINS to one node again: it has a new session. */
  resend(nodeId: number): void {
    for (const challenge of this.waiting.values()) if (challenge.nodeId === nodeId) this.sendCoins(challenge);
  }

  /** The openings that may come. */
  expected(): ExpectedOpening[] {
    return [...this.waiting.values()].map(({ nodeId, device, params }) => ({
      nodeId,
      device,
      maxBytes: TASKS[params.task].maxOpeningBytes(params),
    }));
  }

  /** Takes a whole opening; one that nobody waits for any more is dropped. */
  reveal(nodeId: number, device: number, opening: Uint8Array): void {
    const key = challengeKey({ nodeId, device });
    const challenge = this.waiting.get(key);
    if (!challenge) return;
    this.waiting.delete(key);
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
        openMs: Math.max(0, this.round.openDeadlineMs - Date.now()),
        path: this.paths.get(challengeKey(challenge)) ?? [],
      }),
    );
  }
}
