import { toHex } from '../../protocol/bytes';
import { sha256 } from '../../protocol/hash';
import { anchorLeaves, merklePath } from '../../protocol/merkle';
import { encodeFrame, FrameError } from '../../protocol/messages';
import { OpeningAssembler, type OpeningPart } from '../../protocol/opening-parts';
import { TASKS } from '../../protocol/tasks';
import { type Challenge, challengeKey, type Round } from '../store/model';
import type { RoundContext } from './context';
import { coinsOf } from './transcript';
import { giveVerdict } from './verdict';

/** From COINS to the last verdict: sends coins (again when a node comes back), takes openings, has them checked. */
export class OpeningPhase {
  private readonly waiting = new Map<string, Challenge>();
  private readonly assemblers = new Map<string, OpeningAssembler>();
  private readonly paths: Map<string, string[]>;
  private readonly checking = new Set<Promise<void>>();
  private failure: Error | null = null;
  private wake: () => void = () => undefined;

  /**
   * @param round with a final anchor
   * @param challenges all of the round; the anchored ones without a verdict are waited for
   */
  constructor(
    private readonly ctx: RoundContext,
    private readonly round: Round,
    challenges: readonly Challenge[],
  ) {
    const anchored = challenges.filter((challenge) => challenge.inAnchor);
    const leaves = anchorLeaves(
      anchored.map((c) => ({ nodeId: c.nodeId, device: c.device, commitment: c.commitment!, elapsedMs: c.elapsedMs! })),
    );
    this.paths = new Map(
      anchored.map((c) => [challengeKey(c.nodeId, c.device), merklePath(leaves, c.leafIndex!).map(toHex)]),
    );
    for (const challenge of anchored) {
      if (!challenge.verdict) this.waiting.set(challengeKey(challenge.nodeId, challenge.device), challenge);
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
    const key = challengeKey(nodeId, part.device);
    const challenge = this.waiting.get(key);
    if (!challenge) {
      if (!this.paths.has(key))
        throw new FrameError('out_of_order', 'OPEN for a commitment that is not anchored', 'OPEN');
      return;
    }
    let assembler = this.assemblers.get(key);
    if (!assembler) {
      const { params } = challenge;
      assembler = new OpeningAssembler(TASKS[params.task].maxOpeningBytes(params));
      this.assemblers.set(key, assembler);
    }
    const opening = assembler.add(part);
    if (!opening) return;
    this.waiting.delete(key);
    this.assemblers.delete(key);
    const check = this.check(challenge, opening)
      .catch((error: Error) => {
        this.failure ??= error;
      })
      .finally(() => {
        this.checking.delete(check);
        this.wake();
      });
    this.checking.add(check);
  }

  /**
   * Resolves when every awaited challenge has its verdict; those whose opening has not come by the deadline get NO_OPENING.
   * @throws what checking or writing a verdict threw; the signal's reason when the process stops
   */
  async finished(openDeadlineMs: number): Promise<void> {
    const { signal } = this.ctx;
    const timer = setTimeout(() => this.wake(), Math.max(0, openDeadlineMs - Date.now()));
    const stop = () => this.wake();
    signal.addEventListener('abort', stop);
    try {
      while (this.checking.size > 0 || (this.waiting.size > 0 && Date.now() < openDeadlineMs)) {
        signal.throwIfAborted();
        if (this.failure) throw this.failure;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
    signal.throwIfAborted();
    if (this.failure) throw this.failure;
    const silent = [...this.waiting.values()];
    this.waiting.clear();
    for (const challenge of silent) {
      const reason = 'no complete opening arrived before the deadline';
      await giveVerdict(this.ctx, this.round, challenge, { code: 'NO_OPENING', reason, numbers: {} });
    }
  }

  private async check(challenge: Challenge, opening: Uint8Array): Promise<void> {
    const { ctx, round } = this;
    challenge.openingDigest = sha256(opening);
    challenge.openingBytes = opening.length;
    const coins = coinsOf(round, challenge);
    const { code, reason, numbers, cpuMs } = await ctx.verifier.check({
      kind: 'opening',
      taskSeed: challenge.taskSeed,
      commitment: challenge.commitment!,
      coins,
      params: challenge.params,
      opening,
    });
    ctx.log.debug({ round: round.round, nodeId: challenge.nodeId, code, cpuMs }, 'opening checked');
    const { hasBackstop, hasPublicOpening } = TASKS[challenge.params.task];
    if (code === 'OK' && hasBackstop) await ctx.challenges.keepOpening(challenge, coins, opening);
    if (code === 'OK' && hasPublicOpening) challenge.attestation = Buffer.from(opening).toString('utf8');
    await giveVerdict(ctx, round, challenge, { code, reason, numbers });
  }

  private sendCoins(challenge: Challenge): void {
    const { round, ctx } = this;
    const { opening, committed, anchor } = round;
    if (!opening || !committed || !anchor) throw new TypeError(`round ${round.round} is not anchored`);
    ctx.gateway.send(
      challenge.nodeId,
      encodeFrame('COINS', {
        round: round.round,
        device: challenge.device,
        anchor: { blockNumber: anchor.blockNumber, blockHash: anchor.blockHash },
        coinSecret: toHex(opening.coinSecret),
        root: toHex(committed.root),
        count: committed.commitCount,
        index: challenge.leafIndex!,
        elapsedMs: challenge.elapsedMs!,
        path: this.paths.get(challengeKey(challenge.nodeId, challenge.device)) ?? [],
      }),
    );
  }
}
