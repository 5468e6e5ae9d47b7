import { toHex } from '../../protocol/bytes';
import { sha256 } from '../../protocol/hash';
import { encodeFrame } from '../../protocol/messages';
import { TASKS } from '../../protocol/tasks';
import { type AnchoredChallenge, challengeKey, isAnchored } from '../store/model';
import type { Challenges } from './challenges';
import type { RoundContext } from './context';
import type { Opening } from './states';
import { persistently } from './waiting';

/** What reveals belong to. */
interface Revealed {
  readonly challenges: Challenges;
  /** Inclusion paths of the anchored commitments, 0x hex, by challengeKey. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
}

/**
 * From COINS to the last reveal: sends coins (again when a node comes back) and keeps what comes, before anything is
 * done with it. The first reveal of a challenge stands.
 */
export class Reveals {
  private readonly waiting = new Map<string, AnchoredChallenge>();
  private readonly keeping = new Set<Promise<void>>();
  private wake: () => void = () => undefined;

  /**
   * @param memory has the anchored challenges; those without reveal and verdict are waited for
   * @param onKept told of each challenge whose reveal is safe
   */
  constructor(
    private readonly ctx: RoundContext,
    private readonly round: Opening,
    private readonly originMs: number,
    private readonly revealEndMs: number,
    private readonly memory: Revealed,
    private readonly onKept: (challenge: AnchoredChallenge) => void,
  ) {
    for (const challenge of memory.challenges.all().filter(isAnchored)) {
      if (!challenge.verdict && !challenge.reveal) this.waiting.set(challengeKey(challenge), challenge);
    }
  }

  /** Lets the reveals in and sends COINS to every node whose reveal is awaited. */
  start(): void {
    const awaited = [...this.waiting.values()];
    this.ctx.gateway.expect(
      this.round.round,
      awaited.map(({ nodeId, device, params }) => {
        return { nodeId, device, maxBytes: TASKS[params.task].maxOpeningBytes(params) };
      }),
    );
    for (const challenge of awaited) this.sendCoins(challenge);
  }

  /** Sends COINS to one node again: it has a new session. */
  resend(nodeId: number): void {
    for (const challenge of this.waiting.values()) if (challenge.nodeId === nodeId) this.sendCoins(challenge);
  }

  /** Takes a whole reveal; one that nobody waits for any more is dropped. @param receivedAtMs monotonic */
  take(nodeId: number, device: number, bytes: Uint8Array, receivedAtMs: number): void {
    const key = challengeKey({ nodeId, device });
    const challenge = this.waiting.get(key);
    const receivedMs = Math.ceil(receivedAtMs - this.originMs);
    if (!challenge || receivedMs > this.revealEndMs) return;
    this.waiting.delete(key);
    const revealed = { ...challenge, reveal: { digest: sha256(bytes), bytes: bytes.length, receivedMs } };
    // It has come, whatever becomes of the keeping: that is the reporter's part.
    this.memory.challenges.put([revealed]);
    const keeping = this.keep(revealed, bytes)
      .catch((error: Error) => {
        const { round } = challenge;
        this.ctx.log.error({ round, nodeId, device, error: error.message }, 'reveal could not be kept');
      })
      .finally(() => this.keeping.delete(keeping));
    this.keeping.add(keeping);
    if (this.waiting.size === 0) this.wake();
  }

  /** Resolves when every awaited reveal has come. */
  async all(): Promise<void> {
    if (this.waiting.size === 0) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }

  /** Nothing more is taken. */
  stop(): void {
    this.waiting.clear();
    this.ctx.gateway.expectNoMore(this.round.round);
  }

  /** Resolves when everything taken is safe. */
  async kept(): Promise<void> {
    while (this.keeping.size > 0) await Promise.all(this.keeping);
  }

  private async keep(revealed: AnchoredChallenge, bytes: Uint8Array): Promise<void> {
    const { round, nodeId, device } = revealed;
    const { evidence, challenges, log, signal } = this.ctx;
    await persistently(this.ctx, `reveal of node ${nodeId}`, signal, () => evidence.put(bytes));
    await challenges.saveReveal(revealed);
    log.debug({ round, nodeId, device, bytes: bytes.length }, 'reveal kept');
    this.onKept(revealed);
  }

  private sendCoins(challenge: AnchoredChallenge): void {
    const { round, draw, commitments, anchor } = this.round;
    const openMs = Math.max(0, Math.floor(this.originMs + this.revealEndMs - this.ctx.clock.monotonicMs()));
    this.ctx.gateway.send(
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
        path: [...(this.memory.paths.get(challengeKey(challenge)) ?? [])],
        openMs,
      }),
    );
  }
}
