import { toHex } from '../../protocol/bytes';
import { isSignedBy } from '../../protocol/eip712';
import { anchorLeaves, merkleRoot } from '../../protocol/merkle';
import { FrameError } from '../../protocol/messages';
import type { OpeningPart } from '../../protocol/opening-parts';
import { patiently, wait } from '../../runtime/patience';
import { aborted } from '../../runtime/stop-signal';
import { type Challenge, challengeKey, type Round, UNANSWERED } from '../store/model';
import { anchorRound, RoundFault } from './anchor';
import { runBackstop } from './backstop';
import { rulingsOf } from './busy';
import { CommitPhase, LATE_MS } from './commit-phase';
import type { RoundContext } from './context';
import { drawRound } from './open-round';
import { OpeningPhase } from './opening-phase';
import { type Facts, settleWithoutOpening } from './settle';
import { StallWatch } from './stall-watch';
import { giveVerdict } from './verdict';

/** What is left of the slot after the last deadline must hold the anchor's transaction. */
const ANCHOR_MS = 2_000;
/** Deadline assumed before the challenges are drawn: that of a run of 4 s. */
const USUAL_DEADLINE_MS = 6_000;
const POLL_MS = 500;

export interface RunnerOptions {
  /** Rounds do not open before this time: after a start nodes need a moment to come back. */
  notBeforeMs: number;
  /** True while more nodes are likely to come back within moments. */
  isSettling(): boolean;
  /** The reporter's last round of the epoch: it ends last and runs the backstop. */
  isLastOfEpoch: boolean;
}

/**
 * One round from its state in the database to its end. Each step is written down before its effect leaves the process, so a new
 * runner of the same round goes on where the last one stopped.
 */
export class RoundRunner {
  private challenges: Challenge[] = [];
  private commits: CommitPhase | null = null;
  private openings: OpeningPhase | null = null;

  constructor(
    private readonly ctx: RoundContext,
    private round: Round,
    private readonly options: RunnerOptions,
  ) {}

  get number(): number {
    return this.round.round;
  }

  /** The commit phase; null before the round opens and after a restart in the middle of it. */
  get commitPhase(): CommitPhase | null {
    return this.commits;
  }

  /** A node has a new session. */
  onReady(nodeId: number): void {
    this.openings?.resend(nodeId);
  }

  /** @throws FrameError when no opening may come yet */
  onPart(nodeId: number, part: OpeningPart): void {
    if (this.openings) this.openings.part(nodeId, part);
    else if (this.commits) throw new FrameError('out_of_order', 'OPEN before COINS', 'OPEN');
  }

  /** Runs to the end. @throws the signal's reason when the process stops; the round then waits in the database */
  async run(): Promise<void> {
    try {
      if (this.round.state === 'scheduled') await this.open();
      else await this.resume();
      if (this.round.state === 'open') await this.collect();
      if (this.round.committed && this.round.committed.commitCount > 0) await this.anchorAndOpen();
      await this.settleMissed();
      await this.finish(null);
    } catch (error) {
      if (!(error instanceof RoundFault)) throw error;
      await this.makeVoid(error.message);
    } finally {
      this.commits?.stop();
    }
  }

  /** Loads what an earlier process left; commitments it never heard of are its own fault. */
  private async resume(): Promise<void> {
    this.challenges = await this.ctx.challenges.ofRound(this.number);
    this.ctx.log.info({ round: this.number, state: this.round.state }, 'round taken up again');
    if (this.round.state !== 'open') return;
    for (const challenge of this.challenges) {
      if (challenge.verdict || challenge.commitment || challenge.busy || !challenge.signature) continue;
      const reason = 'the oracle stopped before the deadline';
      await giveVerdict(this.ctx, this.round, challenge, { code: 'ORACLE_FAULT', reason, numbers: {} });
    }
  }

  private async open(): Promise<void> {
    const { ctx, round } = this;
    const latestMs = round.slotEndMs - USUAL_DEADLINE_MS - ANCHOR_MS;
    const startMs = Math.max(round.startAtMs, this.options.notBeforeMs);
    if (startMs > latestMs || Date.now() > latestMs) throw new RoundFault('the oracle was not running in time');
    await wait(startMs - Date.now(), ctx.signal);
    while (this.options.isSettling() && Date.now() < latestMs) await wait(POLL_MS, ctx.signal);
    const drawn = await patiently(`opening round ${this.number}`, () => drawRound(ctx, round), {
      ...ctx,
      untilMs: latestMs,
    }).catch((error) => {
      if (ctx.signal.aborted) throw error;
      throw new RoundFault(`the chain could not be read: ${(error as Error).message}`, { cause: error });
    });
    await ctx.rounds.open(this.number, drawn.opening, drawn.challenges);
    this.challenges = drawn.challenges;
    this.round = { ...round, state: 'open', opening: drawn.opening };
    await this.excuseSoftwareAdapters();
    if (Date.now() > latestMs) throw new RoundFault('the database answered too late to open the round');
    this.send();
  }

  private send(): void {
    const { ctx } = this;
    const phase = new CommitPhase(this.round.opening!, this.challenges, {
      send: (nodeId, text) => ctx.gateway.send(nodeId, text),
      save: (challenge) =>
        challenge.commitment ? ctx.challenges.saveCommitment(challenge) : ctx.challenges.saveBusyClaim(challenge),
    });
    this.commits = phase;
    const sentAtMs = Date.now();
    const longestMs = phase.start();
    ctx.log.info(
      {
        round: this.number,
        epoch: this.round.epoch,
        task: this.round.opening!.task,
        openBlock: this.round.opening!.openBlock,
        challenges: this.challenges.length,
        reachable: this.challenges.filter((challenge) => challenge.signature).length,
        deadlineMs: longestMs,
      },
      'round opened',
    );
    phase.track(ctx.rounds.sent(this.number, sentAtMs, sentAtMs + longestMs + LATE_MS));
  }

  /** A GPU class without a GPU is not measured (protocol section 6). */
  private async excuseSoftwareAdapters(): Promise<void> {
    const { ctx } = this;
    for (const challenge of this.challenges) {
      const adapter = ctx.gateway.adapter(challenge.nodeId, challenge.device);
      if (challenge.hardwareClass === 0 || !adapter?.software) continue;
      const reason = `device ${challenge.device} is a software adapter`;
      await giveVerdict(ctx, this.round, challenge, { code: 'SOFTWARE_ADAPTER', reason, numbers: {} });
    }
  }

  /** Ends the commit phase: checks signatures, fixes the anchor tree. */
  private async collect(): Promise<void> {
    const { ctx, commits } = this;
    if (commits) {
      const watch = new StallWatch();
      await Promise.race([commits.inTime, aborted(ctx.signal)]);
      ctx.signal.throwIfAborted();
      await commits.saved();
      const stalledMs = watch.stop();
      if (stalledMs > LATE_MS) throw new RoundFault(`the oracle itself stood still for ${stalledMs} ms`);
    }
    const inTime: Challenge[] = [];
    for (const challenge of this.challenges) {
      if (!challenge.commitment || challenge.verdict || challenge.elapsedMs! > challenge.deadlineMs) continue;
      if (this.isSigned(challenge)) inTime.push(challenge);
      else
        ctx.gateway.refuse(
          challenge.nodeId,
          'signature',
          `COMMIT of round ${this.number} is not signed by the worker key`,
        );
      // Between two signatures other sockets get their turn.
      await new Promise(setImmediate);
    }
    inTime.sort((a, b) => a.nodeId - b.nodeId || a.device - b.device);
    const root = merkleRoot(
      anchorLeaves(
        inTime.map((c) => ({ nodeId: c.nodeId, device: c.device, commitment: c.commitment!, elapsedMs: c.elapsedMs! })),
      ),
    );
    const committed = { root, commitCount: inTime.length };
    await ctx.rounds.commit(this.number, committed, inTime);
    inTime.forEach((challenge, index) => {
      challenge.inAnchor = true;
      challenge.leafIndex = index;
    });
    this.round = { ...this.round, state: 'committed', committed };
  }

  private isSigned(challenge: Challenge): boolean {
    const signed = { taskSeed: toHex(challenge.taskSeed), commitment: toHex(challenge.commitment!) };
    return isSignedBy(challenge.workerKey, this.ctx.domain, 'Commit', signed, challenge.commitSignature!);
  }

  private async anchorAndOpen(): Promise<void> {
    const { ctx } = this;
    if (this.round.state !== 'opening') {
      await ctx.rounds.anchoring(this.number);
      const anchor = await anchorRound(ctx, this.round);
      await ctx.rounds.anchored(this.number, anchor);
      this.round = { ...this.round, state: 'anchoring', anchor };
      ctx.log.info(
        {
          round: this.number,
          block: anchor.blockNumber,
          commitments: this.round.committed!.commitCount,
          tx: anchor.txHash,
        },
        'round anchored',
      );
    } else {
      const { anchor } = this.round;
      const header = await patiently(
        `anchor of round ${this.number}`,
        () => ctx.chain.blocks.header(anchor!.blockNumber),
        ctx,
      );
      if (header?.hash !== anchor!.blockHash) throw new RoundFault('the block of the anchor left the chain');
    }
    const openDeadlineMs = Math.max(this.round.openDeadlineMs ?? this.round.slotEndMs, Date.now() + ctx.minOpenMs);
    await ctx.rounds.opening(this.number, openDeadlineMs);
    this.round = { ...this.round, state: 'opening', openDeadlineMs };
    await this.settle(this.challenges.filter((challenge) => challenge.inAnchor));
    this.openings = new OpeningPhase(ctx, this.round, this.challenges);
    this.openings.start();
    // Missed ones need not wait for the openings of the others.
    const missed = this.settleMissed();
    missed.catch(() => undefined);
    await this.openings.finished(openDeadlineMs);
    await missed;
  }

  private settling: Promise<void> | null = null;

  /** Verdicts of everything that is not under the anchor, once nothing can be LATE any more. */
  private settleMissed(): Promise<void> {
    this.settling ??= (async () => {
      if (this.commits) await Promise.race([this.commits.late, aborted(this.ctx.signal)]);
      this.ctx.signal.throwIfAborted();
      await this.commits?.saved();
      await this.settle(this.challenges.filter((challenge) => !challenge.inAnchor));
    })();
    return this.settling;
  }

  private async settle(challenges: readonly Challenge[]): Promise<void> {
    const { ctx } = this;
    const committed = challenges.flatMap((challenge) => (challenge.inAnchor ? [challenge.commitment!] : []));
    const facts: Facts = {
      malformed: this.commits?.malformed ?? new Set(),
      seenBefore: await ctx.challenges.seenBefore(this.number, committed),
      busy: await rulingsOf(ctx, this.round, challenges),
    };
    const findings = settleWithoutOpening(challenges, facts);
    for (const challenge of challenges) {
      const finding = findings.get(challengeKey(challenge.nodeId, challenge.device));
      if (finding) await giveVerdict(ctx, this.round, challenge, finding);
    }
  }

  /** Nothing of this round counts against anybody; nodes of a round that never opened get a neutral record. */
  private async makeVoid(reason: string): Promise<void> {
    const { ctx, round } = this;
    this.commits?.stop();
    if (this.challenges.length === 0) {
      this.challenges = (await ctx.challenges.ofNewestBefore(this.number)).map((last) => unopened(last, round));
      await ctx.challenges.insertNeutral(this.challenges);
    }
    for (const challenge of this.challenges) {
      if (!challenge.verdict) await giveVerdict(ctx, round, challenge, { code: 'ORACLE_FAULT', reason, numbers: {} });
    }
    await this.finish(reason);
  }

  private async finish(fault: string | null): Promise<void> {
    const { ctx, round } = this;
    if (this.options.isLastOfEpoch) {
      while (!(await ctx.rounds.othersFinished(round.epoch, round.round))) await wait(POLL_MS, ctx.signal);
      await runBackstop(ctx, round.epoch);
    }
    await ctx.rounds.finish(this.number, fault);
    const facts = { round: this.number, epoch: round.epoch, verdicts: countByCode(this.challenges) };
    if (fault === null) ctx.log.info(facts, 'round closed');
    else ctx.log.warn({ ...facts, fault }, 'round void');
  }
}

/** A device as the last round knew it, in a round that never opened. */
function unopened(last: Challenge, round: Round): Challenge {
  return {
    ...last,
    round: round.round,
    epoch: round.epoch,
    taskSeed: new Uint8Array(32),
    ...UNANSWERED,
  };
}

function countByCode(challenges: readonly Challenge[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict } of challenges) {
    if (verdict) counts[verdict.code] = (counts[verdict.code] ?? 0) + 1;
  }
  return counts;
}
