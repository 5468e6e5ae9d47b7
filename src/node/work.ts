import type { Logger } from '@subsquid/logger';
import type { Chain } from '../chain/connect';
import type { MetricsOf } from '../config/metrics';
import { fromHex, toHex } from '../protocol/bytes';
import { signMessage, type TypedDataSigner } from '../protocol/eip712';
import { encodeFrame, type Frame } from '../protocol/messages';
import { encodeOpening } from '../protocol/opening-parts';
import { coins as coinsOf } from '../protocol/seeds';
import { answerOfBusy, busyValue } from '../protocol/signed-values';
import { LATE_MS } from '../protocol/tasks';
import { backoffMs, sleep } from '../runtime/backoff';
import { NO_METRICS } from '../runtime/metrics';
import type { Answers } from './answers';
import type { Backend, Run } from './backends/backend';
import { challengeProblem, coinsProblem, type Party } from './checks';
import { type Journal, newestRounds } from './journal';
import type { Reporters } from './reporters';

/** The node's own endpoint may be a few blocks behind the reporter's. */
const CHAIN_ATTEMPTS = 6;

/** A shard of the market that the node works on instead of answering. */
export interface BusyShard {
  jobId: bigint;
  shard: number;
}

/** What the work for all reporters shares. */
export interface WorkContext {
  /** Does the work of a device; devices work side by side. */
  backendOf(device: number): Backend;
  /** Asked at each challenge; a shard makes the node answer BUSY. */
  busyWith?: (() => BusyShard | null) | undefined;
  /** Remembers commitments over a restart; without it a restart in the middle of a round fails the round. */
  journal?: Journal | undefined;
  chain: Pick<Chain, 'oracle' | 'blocks'>;
  reporters: Pick<Reporters, 'isTurnOf'>;
  signer: TypedDataSigner;
  metrics?: MetricsOf<'node'>;
  /** Ends all work when the process stops. */
  signal: AbortSignal;
}

export interface WorkOptions extends WorkContext {
  /** Whose challenges these are; nothing is signed for anybody else. */
  party: Party;
  answers: Pick<Answers, 'sent'>;
  log: Logger;
}

/** Where answers go: the newest session's socket. @returns false when there is none */
export type Send = (message: string | Uint8Array) => boolean;

/** A challenge that this node took on. */
interface Assignment {
  challenge: Frame<'CHALLENGE'>;
  abort: AbortController;
  startedMs: number;
  run: Run | null;
  /** COMMIT or BUSY as sent, with what it answers. */
  answer: { frame: string; value: string } | null;
  opening: Promise<Uint8Array> | null;
}

/**
 * A node's tasks for one reporter, from CHALLENGE to OPEN. It outlives sessions: what a broken connection swallowed is
 * sent again. It holds the runs of the reporter's newest rounds, which can still be opened.
 */
export class Work {
  private readonly tasks = new Map<string, Assignment>();
  /** Tasks of before a restart whose work is being done again. */
  private readonly reviving = new Map<string, Promise<Assignment | undefined>>();

  private readonly metrics: MetricsOf<'node'>;

  constructor(
    private readonly options: WorkOptions,
    private readonly send: Send,
  ) {
    this.metrics = options.metrics ?? NO_METRICS;
  }

  /** Starts a task. A challenge that does not check out is not worked on. */
  async onChallenge(challenge: Frame<'CHALLENGE'>): Promise<void> {
    const { log, signal, party } = this.options;
    const startedMs = performance.now();
    const { round, device } = challenge;
    const key = `${round}/${device}`;
    if (this.tasks.has(key)) return;
    this.metrics.add('dpin_node_challenges_total', { task: challenge.task });
    const problem = challengeProblem(challenge, party) ?? this.roundProblem(round);
    if (problem) {
      log.error({ round, device, problem }, 'challenge refused');
      this.metrics.add('dpin_node_refused_total', { frame: 'CHALLENGE' });
      return;
    }
    this.forgetBefore(round);
    const abort = new AbortController();
    const entry: Assignment = { challenge, abort, startedMs, run: null, answer: null, opening: null };
    this.tasks.set(key, entry);
    if (!(await this.options.reporters.isTurnOf(party.reporter, round))) {
      log.error({ round, device, problem: 'the round is not a turn of this reporter' }, 'challenge refused');
      this.metrics.add('dpin_node_refused_total', { frame: 'CHALLENGE' });
      return;
    }
    const busy = this.options.busyWith?.();
    if (busy) {
      await this.claimBusy(entry, busy);
      return;
    }
    const stop = () => abort.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    const limitMs = challenge.deadlineMs + LATE_MS;
    const timer = setTimeout(() => abort.abort(new Error('the deadline has passed')), limitMs);
    try {
      await this.workOn(entry);
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ round, device, task: challenge.task, error: (error as Error).message }, 'no commitment');
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Opens a committed task once the coins check out on-chain; asked again it sends the same opening. */
  async onCoins(coins: Frame<'COINS'>): Promise<void> {
    const { log, signal, party } = this.options;
    const { round, device } = coins;
    const entry = this.tasks.get(`${round}/${device}`) ?? (await this.revive(round, device));
    if (!entry?.run) {
      log.warn({ round, device }, 'coins for a task this node does not have');
      return;
    }
    try {
      const problem = await this.problemOf(coins, entry, entry.run);
      if (problem) {
        log.error({ round, device, problem }, 'coins refused; not opening');
        this.metrics.add('dpin_node_refused_total', { frame: 'COINS' });
        return;
      }
      entry.opening ??= entry.run.open(
        coinsOf({
          anchorBlockHash: coins.anchor.blockHash,
          coinSecret: fromHex(coins.coinSecret, 32),
          root: fromHex(coins.root, 32),
          nodeId: party.nodeId,
          device,
        }),
      );
      const opening = await entry.opening;
      let sent = true;
      for (const part of encodeOpening(round, device, opening)) sent = this.send(part) && sent;
      log.debug({ round, device, bytes: opening.length, sent }, 'opened');
    } catch (error) {
      entry.opening = null;
      if (!signal.aborted) log.warn({ round, device, error: (error as Error).message }, 'cannot open');
    }
  }

  /** A new session is ready: the newest round's answers are sent again, in case the last session lost them. */
  resume(): void {
    const newest = Math.max(...[...this.tasks.values()].map((entry) => entry.challenge.round));
    for (const entry of this.tasks.values()) {
      if (entry.challenge.round === newest && entry.answer && !entry.opening) this.sendAnswer(entry);
    }
  }

  private async claimBusy(entry: Assignment, { jobId, shard }: BusyShard): Promise<void> {
    const { log, signer, party } = this.options;
    const { round, device, taskSeed } = entry.challenge;
    const claim = { jobId: jobId.toString(), shard };
    const signature = await signMessage(signer, party.domain, 'Busy', busyValue(claim, taskSeed));
    entry.answer = {
      frame: encodeFrame('BUSY', { round, device, ...claim, signature }),
      value: answerOfBusy(claim),
    };
    this.sendAnswer(entry);
    log.info({ round, device, job: claim.jobId, shard }, 'busy with a shard');
  }

  private async workOn(entry: Assignment): Promise<void> {
    const { log, signer, party } = this.options;
    const { challenge, abort } = entry;
    const { round, device, task, params } = challenge;
    const taskSeed = fromHex(challenge.taskSeed, 32);
    const backend = this.options.backendOf(device);
    entry.run = await backend.run({ taskSeed, params: { task, ...params }, signal: abort.signal });
    const commitment = toHex(entry.run.commitment);
    const value = { taskSeed: challenge.taskSeed, commitment };
    const signature = await signMessage(signer, party.domain, 'Commit', value);
    entry.answer = { frame: encodeFrame('COMMIT', { round, device, commitment, signature }), value: commitment };
    const sent = this.sendAnswer(entry);
    // After sending, as the clock runs.
    this.options.journal?.remember({ reporter: party.reporter, challenge, commitment });
    const elapsedMs = Math.round(performance.now() - entry.startedMs);
    this.metrics.add('dpin_node_commits_total', { task });
    this.metrics.observe('dpin_node_commit_seconds', { task }, elapsedMs / 1000);
    log.info({ round, device, task, elapsedMs, ...(sent ? {} : { sent }) }, 'committed');
  }

  private sendAnswer({ challenge, answer }: Assignment): boolean {
    const { round, device, taskSeed } = challenge;
    if (!answer || !this.send(answer.frame)) return false;
    this.options.answers.sent({ round, device, taskSeed, answer: answer.value });
    return true;
  }

  /** Does a task again that was committed to before this process started; undefined when there is none. */
  private revive(round: number, device: number): Promise<Assignment | undefined> {
    const key = `${round}/${device}`;
    const found = this.reviving.get(key) ?? this.doAgain(round, device);
    this.reviving.set(key, found);
    return found.finally(() => this.reviving.delete(key));
  }

  private async doAgain(round: number, device: number): Promise<Assignment | undefined> {
    const { log, journal, signal, party } = this.options;
    const remembered = journal?.recall(party.reporter, round, device);
    if (!remembered) return undefined;
    const { challenge, commitment } = remembered;
    try {
      const problem = challengeProblem(challenge, party);
      if (problem) throw new Error(problem);
      const params = { task: challenge.task, ...challenge.params };
      const taskSeed = fromHex(challenge.taskSeed, 32);
      const run = await this.options.backendOf(device).run({ taskSeed, params, signal });
      if (toHex(run.commitment) !== commitment) throw new Error('the work gave another commitment than before');
      const abort = new AbortController();
      const startedMs = performance.now();
      const entry: Assignment = { challenge, abort, startedMs, run, answer: null, opening: null };
      this.tasks.set(`${round}/${device}`, entry);
      log.info({ round, device, task: challenge.task }, 'task of before the restart done again');
      return entry;
    } catch (error) {
      if (!signal.aborted) {
        log.warn({ round, device, error: (error as Error).message }, 'task of before the restart cannot be opened');
      }
      return undefined;
    }
  }

  private async problemOf(coins: Frame<'COINS'>, entry: Assignment, run: Run): Promise<string | null> {
    const { chain, signal, party } = this.options;
    for (let attempt = 0; ; attempt++) {
      const [anchored, header] = await Promise.all([
        chain.oracle.round(BigInt(coins.round)),
        chain.blocks.header(coins.anchor.blockNumber),
      ]);
      const problem = coinsProblem({
        coins,
        challenge: entry.challenge,
        commitment: run.commitment,
        party,
        anchored,
        anchorBlockHash: header?.hash,
      });
      const behind = !anchored || !header;
      if (!problem || !behind || attempt === CHAIN_ATTEMPTS) return problem;
      await sleep(backoffMs(attempt), signal);
      signal.throwIfAborted();
    }
  }

  private roundProblem(round: number): string | null {
    return this.keptWith(round).has(round) ? null : 'newer rounds have begun';
  }

  /** Ends and forgets the tasks of rounds that are over when this one begins. */
  private forgetBefore(round: number): void {
    const kept = this.keptWith(round);
    for (const [key, entry] of this.tasks) {
      if (kept.has(entry.challenge.round)) continue;
      entry.abort.abort(new Error('newer rounds have begun'));
      this.tasks.delete(key);
    }
  }

  private keptWith(round: number): Set<number> {
    return newestRounds([...[...this.tasks.values()].map(({ challenge }) => challenge.round), round]);
  }
}
