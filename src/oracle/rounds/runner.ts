import { anchor, anchorOrClose } from './anchor';
import { collect } from './collect';
import type { CommitPhase } from './commit-phase';
import type { RoundContext } from './context';
import { RoundFault } from './fault';
import { makeVoid } from './finish';
import { Challenges, type MemoryOptions, type RoundMemory } from './memory';
import { open } from './open';
import { reveal } from './reveal';
import { type After, isOver, type Round, type RoundIn, type UnfinishedRound, type UnfinishedState } from './states';

/** What moves a round on from each state. A move is written down before its effect leaves the process. */
type Step<S extends UnfinishedState> = (
  ctx: RoundContext,
  round: RoundIn[S],
  memory: RoundMemory,
) => Promise<RoundIn[After<S>]>;
const STEPS: { readonly [S in UnfinishedState]: Step<S> } = {
  scheduled: open,
  open: collect,
  committed: anchorOrClose,
  anchoring: anchor,
  opening: reveal,
};

function step<S extends UnfinishedState>(
  ctx: RoundContext,
  state: S,
  round: RoundIn[S],
  memory: RoundMemory,
): Promise<Round> {
  return STEPS[state](ctx, round, memory);
}

/** One round from its state in the database to its end: the same loop for a new round and after a restart. */
export class RoundRunner {
  private readonly memory: RoundMemory;

  constructor(
    private readonly ctx: RoundContext,
    private readonly found: UnfinishedRound,
    options: MemoryOptions,
  ) {
    this.memory = { ...options, takenUpIn: found.state, challenges: new Challenges(), commits: null, reveals: null };
  }

  get number(): number {
    return this.found.round;
  }

  /** The commit phase; null before the round opens and after a restart in the middle of it. */
  get commitPhase(): CommitPhase | null {
    return this.memory.commits;
  }

  /** A node has a new session. */
  onReady(nodeId: number): void {
    this.memory.reveals?.resend(nodeId);
  }

  onReveal(nodeId: number, device: number, opening: Uint8Array): void {
    this.memory.reveals?.reveal(nodeId, device, opening);
  }

  /** Runs to the end. @throws the signal's reason when the process stops; the round then waits in the database */
  async run(): Promise<void> {
    const { ctx, memory } = this;
    let round: Round = this.found;
    try {
      if (round.state !== 'scheduled') await this.takeUp();
      while (!isOver(round)) round = await step(ctx, round.state, round, memory);
    } catch (error) {
      if (!(error instanceof RoundFault) || isOver(round)) throw error;
      await makeVoid(ctx, round, memory, error.message);
    } finally {
      memory.commits?.stop();
      ctx.gateway.expectNoMore(this.number);
    }
  }

  /** Loads what an earlier process left. */
  private async takeUp(): Promise<void> {
    this.memory.challenges.put(await this.ctx.challenges.ofRound(this.number));
    this.ctx.log.info({ round: this.number, state: this.found.state }, 'round taken up again');
  }
}
