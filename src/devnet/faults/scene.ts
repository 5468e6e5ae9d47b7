import { FinishedWork, type NewestRound } from '../../oracle/store/finished';
import type { Score } from '../../protocol/scoring/words';
import { sleep } from '../../runtime/backoff';
import { FatalError } from '../../runtime/errors';
import { lineOf } from '../console/view';
import { type OracleEvent, type RoundClosed, watchOracles } from '../console/watch';
import { FAULT_NODES } from '../network';
import type { Devnet } from '../start';

const POLL_MS = 20;
const PATIENT_POLL_MS = 500;

/** Where a round is when a fault strikes. */
export type Phase = 'start' | 'commit' | 'anchoring' | 'reveal' | 'checking';

const IS_IN: Readonly<Record<Phase, (round: NewestRound) => boolean>> = {
  start: ({ state, sent_at }) => state === 'scheduled' || (state === 'open' && sent_at === null),
  commit: ({ state, sent_at }) => state === 'open' && sent_at !== null,
  anchoring: ({ state }) => state === 'anchoring',
  reveal: ({ state, coins_sent_at }) => state === 'opening' && coins_sent_at !== null,
  checking: ({ state, unjudged }) => state === 'opening' && unjudged > 0,
};

/** A running devnet with what its oracle has finished so far: what faults are done to, and seen in. */
export class Scene {
  /** Rounds that are over, by number. */
  readonly rounds = new Map<number, RoundClosed>();
  /** Proven scores by nodeId; empty before the first posting. */
  scores: readonly Score[] = [];
  private postedEpoch = -1;

  private constructor(
    readonly devnet: Devnet,
    private readonly work: FinishedWork,
    readonly say: (line: string) => void,
    readonly signal: AbortSignal,
  ) {}

  /** Looks at a devnet whose oracle has made its tables; `close` ends the looking. */
  static async open(devnet: Devnet, say: (line: string) => void, signal: AbortSignal): Promise<Scene> {
    const address = { ...devnet.database, application_name: 'dpin faults' };
    const scene = new Scene(devnet, await FinishedWork.connect(address, devnet.oracleSchemas[0]!), say, signal);
    void watchOracles(devnet, (event) => scene.note(event), signal);
    return scene;
  }

  close(): Promise<void> {
    return this.work.close();
  }

  /** Process id of one of the devnet's processes. @throws FatalError when it does not run */
  pid(name: string): number {
    const pid = this.devnet.pids().get(name);
    if (pid === undefined) throw new FatalError(`${name} does not run`, 'Run with --keep and read its log.');
    return pid;
  }

  /** The newest round written down. */
  async newest(): Promise<NewestRound | undefined> {
    return this.work.newestRound();
  }

  /** Verdicts of a round so far, with the time of the commitment. */
  async verdictsOf(round: number): Promise<{ nodeId: number; code: string; elapsedMs: number | null }[]> {
    return (await this.work.verdicts(String(round))).map(({ node_id, verdict, elapsed_ms }) => {
      return { nodeId: Number(node_id), code: verdict, elapsedMs: elapsed_ms === null ? null : Number(elapsed_ms) };
    });
  }

  /** Resolves as soon as a round that is not there yet is in the phase. @returns its number */
  async comesTo(phase: Phase): Promise<number> {
    const before = Number((await this.newest())?.round ?? -1);
    const round = await this.until(`a round in the phase ${phase}`, 120_000, POLL_MS, async () => {
      const newest = await this.newest();
      return newest && Number(newest.round) > before && IS_IN[phase](newest) && newest;
    });
    return Number(round.round);
  }

  /** Resolves when all rounds from one to another are over. @returns them in order */
  async over(first: number, last: number): Promise<RoundClosed[]> {
    return this.until(`the end of rounds ${first} to ${last}`, 240_000, PATIENT_POLL_MS, () => {
      const rounds = Array.from({ length: last - first + 1 }, (_, index) => this.rounds.get(first + index));
      return rounds.every((round) => round !== undefined) && rounds;
    });
  }

  /** Resolves when the scores of an epoch are on-chain, or when they take too long: an epoch may have none. */
  async posted(epoch: number, limitMs: number): Promise<void> {
    const untilMs = Date.now() + limitMs;
    while (this.postedEpoch < epoch && Date.now() < untilMs) await this.pause(PATIENT_POLL_MS);
  }

  async pause(ms: number): Promise<void> {
    await sleep(ms, this.signal);
    this.signal.throwIfAborted();
  }

  /** Looks again and again until there is something. @throws FatalError when it takes too long */
  async until<T>(
    what: string,
    limitMs: number,
    pollMs: number,
    look: () => Promise<T | undefined | false> | T | undefined | false,
  ): Promise<T> {
    const untilMs = Date.now() + limitMs;
    for (;;) {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      if (Date.now() > untilMs)
        throw new FatalError(`Waited too long for ${what}`, 'Run with --keep and read the logs.');
      await this.pause(pollMs);
    }
  }

  private note(event: OracleEvent): void {
    this.say(lineOf(event, FAULT_NODES));
    if (event.kind === 'round') this.rounds.set(event.round, event);
    if (event.kind !== 'posted' || event.epoch <= this.postedEpoch) return;
    this.postedEpoch = event.epoch;
    this.scores = event.scores;
  }
}
