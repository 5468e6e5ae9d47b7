import type { Frame } from '../../protocol/messages';
import { roundTimes } from '../../protocol/rounds/timetable';
import { isAnchored } from '../store/model';
import { anchor, anchorOrClose } from './anchor';
import { Challenges } from './challenges';
import { collect } from './collect';
import type { RoundContext } from './context';
import { RoundFault } from './fault';
import { makeVoid } from './finish';
import { settleMissed } from './judge';
import type { RoundMemory } from './memory';
import { latestSendMs, open } from './open';
import { anchorPaths } from './paths';
import { reveal } from './reveal';
import {
  type After,
  isOver,
  type Round,
  type RoundIn,
  type State,
  type UnfinishedRound,
  type UnfinishedState,
} from './states';
import { within } from './waiting';

/** What moves a round on from each state. A move is written down before its effect leaves the process. */
type Step<S extends UnfinishedState> = (
  ctx: RoundContext,
  round: RoundIn[S],
  memory: RoundMemory,
  signal: AbortSignal,
) => Promise<RoundIn[After<S>]>;
const STEPS: { readonly [S in UnfinishedState]: Step<S> } = {
  scheduled: open,
  open: collect,
  committed: anchorOrClose,
  anchoring: anchor,
  opening: reveal,
};

/** The last verdicts are given by then; what is left is to write them down. */
const CLOSING_MS = 10_000;

/** What each state's watchdog says when it ends the state. */
const LATE_WORDS: Readonly<Record<UnfinishedState, string>> = {
  scheduled: 'the round could not be opened in time',
  open: 'the commitments could not be written down in time',
  committed: 'the commitments could not be written down in time',
  anchoring: 'the anchor was not final in time',
  opening: 'the verdicts could not be given in time',
};

function step<S extends UnfinishedState>(
  ctx: RoundContext,
  state: S,
  round: RoundIn[S],
  memory: RoundMemory,
): Promise<Round> {
  return within(ctx, watchdogMs(ctx, round, memory), LATE_WORDS[state], (signal) => {
    return STEPS[state](ctx, round, memory, signal);
  });
}

/** When a state must have ended, by the monotonic clock. */
function watchdogMs(ctx: RoundContext, round: UnfinishedRound, { originMs, times }: RoundMemory): number {
  const { clock } = ctx;
  const latestStart = clock.monotonicMs() + latestSendMs(ctx, round) - clock.wallMs();
  switch (round.state) {
    case 'scheduled':
      return latestStart;
    case 'open':
    case 'anchoring':
      return (originMs ?? latestStart) + times.anchorEndMs;
    case 'committed':
      // Nobody's commitment: the misses are settled then.
      return originMs! + times.anchorEndMs + CLOSING_MS;
    case 'opening':
      return originMs! + times.endMs + CLOSING_MS;
  }
}

/** One round from its state in the database to its end: the same loop for a new round and after a restart. */
export class RoundRunner {
  private readonly memory: RoundMemory;
  private round: Round;

  constructor(
    private readonly ctx: RoundContext,
    private readonly found: UnfinishedRound,
  ) {
    this.round = found;
    this.memory = {
      takenUpIn: found.state,
      challenges: new Challenges(),
      times: roundTimes(found.timetable),
      originMs: null,
      answers: null,
      reveals: null,
      paths: new Map(),
      claims: new Map(),
      shared: new Map(),
      judging: new Map(),
      missed: null,
      fault: null,
    };
  }

  get number(): number {
    return this.found.round;
  }

  get state(): State {
    return this.round.state;
  }

  /** True when this process sent the node a challenge of this round for that device. */
  wasAsked(nodeId: number, device: number): boolean {
    return this.memory.answers?.wasAsked(nodeId, device) === true;
  }

  /** True when an earlier process may have sent the challenges: whoever answers them does nothing wrong. */
  get wasSentBefore(): boolean {
    return this.memory.takenUpIn !== 'scheduled' && this.memory.answers === null;
  }

  /** @throws FrameError for what a node may not answer */
  onCommit(nodeId: number, frame: Frame<'COMMIT'>, receivedMs: number): void {
    this.memory.answers?.commit(nodeId, frame, receivedMs);
  }

  /** @throws FrameError for what a node may not answer */
  onBusy(nodeId: number, frame: Frame<'BUSY'>, receivedMs: number): void {
    this.memory.answers?.busy(nodeId, frame, receivedMs);
  }

  onBroken(nodeId: number, atMs: number): void {
    this.memory.answers?.broken(nodeId, atMs);
  }

  /** A node has a new session. */
  onReady(nodeId: number): void {
    this.memory.reveals?.resend(nodeId);
  }

  onReveal(nodeId: number, device: number, bytes: Uint8Array, receivedMs: number): void {
    this.memory.reveals?.take(nodeId, device, bytes, receivedMs);
  }

  /** Runs to the end. @throws the signal's reason when the process stops; the round then waits in the database */
  async run(): Promise<void> {
    const { ctx, memory } = this;
    let round: Round = this.found;
    try {
      if (round.state !== 'scheduled') await this.takeUp(round);
      while (!isOver(round)) {
        if ('commitments' in round) settleMissed(ctx, round, memory);
        round = await step(ctx, round.state, round, memory);
        this.round = round;
      }
    } catch (error) {
      if (!(error instanceof RoundFault) || isOver(round)) {
        this.lose(round);
        throw error;
      }
      await makeVoid(ctx, round, memory, error.message);
    }
  }

  /** An error ends this runner, and the next one knows the database only: what had just come may be lost. */
  private lose(round: Round): void {
    const { originMs } = this.memory;
    if (originMs === null || this.ctx.signal.aborted) return;
    this.ctx.presence.lose(originMs + ('coinsMs' in round ? (round.coinsMs ?? this.memory.times.commitEndMs) : 0));
  }

  /** Loads what an earlier process left, and finds the round's place on this process's clock. */
  private async takeUp(round: Exclude<UnfinishedRound, { state: 'scheduled' }>): Promise<void> {
    const { ctx, memory } = this;
    memory.challenges.put(await ctx.challenges.ofRound(this.number));
    memory.paths = anchorPaths(memory.challenges.all().filter(isAnchored));
    if (round.sentAtMs !== null) {
      const nowMs = ctx.clock.monotonicMs();
      // A clock that was set back meanwhile must not make the round longer.
      memory.originMs = Math.min(nowMs, nowMs + round.sentAtMs - ctx.clock.wallMs());
    }
    ctx.log.info({ round: this.number, state: round.state }, 'round taken up again');
  }
}
