import type { Logger } from '@subsquid/logger';
import type { Chain } from '../chain/connect';
import { fromHex, toHex } from '../protocol/bytes';
import { isSignedBy, signMessage, type TypedDataSigner } from '../protocol/eip712';
import { encodeFrame, type Frame } from '../protocol/messages';
import { encodeOpening } from '../protocol/opening-parts';
import { coins as coinsOf } from '../protocol/seeds';
import { busyValue, receiptValue, verdictValue } from '../protocol/signed-values';
import { LATE_MS } from '../protocol/tasks';
import { backoffMs, sleep } from '../runtime/backoff';
import type { Backend, Run } from './backends/backend';
import { challengeProblem, coinsProblem, type Party } from './checks';
import { type Journal, newestRounds } from './journal';

/** The node's own endpoint may be a few blocks behind the reporter's. */
const CHAIN_ATTEMPTS = 6;

/** A shard of the market that the node works on instead of answering. */
export interface BusyShard {
  jobId: bigint;
  shard: number;
}

export interface WorkOptions {
  /** Does the work of a device; devices work side by side. */
  backendOf(device: number): Backend;
  /** Asked at each challenge; a shard makes the node answer BUSY. */
  busyWith?(): BusyShard | null;
  /** Remembers commitments over a restart; without it a restart in the middle of a round fails the round. */
  journal?: Journal | undefined;
  chain: Pick<Chain, 'oracle' | 'blocks'>;
  signer: TypedDataSigner;
  log: Logger;
  /** Ends all work when the process stops. */
  signal: AbortSignal;
}

/** Where answers go: the newest session's socket. @returns false when there is none */
export type Send = (message: string | Uint8Array) => boolean;

/** A challenge that this node took on. */
interface Assignment {
  challenge: Frame<'CHALLENGE'>;
  party: Party;
  abort: AbortController;
  startedMs: number;
  run: Run | null;
  commit: string | null;
  opening: Promise<Uint8Array> | null;
}

/** A node's tasks from CHALLENGE to VERDICT. It outlives sessions: what a broken connection swallowed is sent again. */
export class Work {
  private readonly tasks = new Map<string, Assignment>();
  /** Tasks of before a restart whose work is being done again. */
  private readonly reviving = new Map<string, Promise<Assignment | undefined>>();

  constructor(
    private readonly options: WorkOptions,
    private readonly send: Send,
  ) {}

  /** Starts a task. A challenge that does not check out is not worked on. */
  async onChallenge(challenge: Frame<'CHALLENGE'>, party: Party): Promise<void> {
    const { log, signal } = this.options;
    const startedMs = performance.now();
    const { round, device, task, params, deadlineMs } = challenge;
    const key = `${round}/${device}`;
    if (this.tasks.has(key)) return;
    const problem = challengeProblem(challenge, party);
    if (problem) {
      log.error({ round, device, reporter: party.reporter, problem }, 'challenge refused');
      return;
    }
    this.forgetBefore(round);
    const busy = this.options.busyWith?.();
    if (busy) {
      const claim = { round, device, jobId: busy.jobId.toString(), shard: busy.shard };
      const signed = busyValue(claim, challenge.taskSeed);
      const signature = await signMessage(this.options.signer, party.domain, 'Busy', signed);
      this.send(encodeFrame('BUSY', { ...claim, signature }));
      log.info({ round, device, job: busy.jobId.toString(), shard: busy.shard }, 'busy with a shard');
      return;
    }
    const abort = new AbortController();
    const entry: Assignment = { challenge, party, abort, startedMs, run: null, commit: null, opening: null };
    this.tasks.set(key, entry);
    const limitMs = deadlineMs + LATE_MS;
    const timer = setTimeout(() => abort.abort(new Error('the deadline has passed')), limitMs);
    const stop = () => abort.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const taskSeed = fromHex(challenge.taskSeed, 32);
      const backend = this.options.backendOf(device);
      entry.run = await backend.run({ taskSeed, params: { task, ...params }, signal: abort.signal });
      await this.commit(entry);
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ round, device, task, error: (error as Error).message }, 'no commitment');
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Opens a committed task once the coins check out on-chain; asked again it sends the same opening. */
  async onCoins(coins: Frame<'COINS'>, party: Party): Promise<void> {
    const { log, signal } = this.options;
    const { round, device } = coins;
    const entry = this.tasks.get(`${round}/${device}`) ?? (await this.revive(round, device, party));
    if (!entry?.run) {
      log.warn({ round, device }, 'coins for a task this node does not have');
      return;
    }
    try {
      const problem = await this.problemOf(coins, entry, entry.run);
      if (problem) {
        log.error({ round, device, reporter: entry.party.reporter, problem }, 'coins refused; not opening');
        return;
      }
      entry.opening ??= entry.run.open(
        coinsOf({
          anchorBlockHash: coins.anchor.blockHash,
          coinSecret: fromHex(coins.coinSecret, 32),
          root: fromHex(coins.root, 32),
          nodeId: entry.party.nodeId,
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

  /** Checks the reporter's word that it has this node's answer. */
  onReceipt(receipt: Frame<'RECEIPT'>, party: Party): void {
    const { round, device, elapsedMs, signature } = receipt;
    const { log } = this.options;
    if (isSignedBy(party.reporter, party.domain, 'Receipt', receiptValue(receipt, party.nodeId), signature)) {
      log.debug({ round, device, elapsedMs }, 'receipt');
    } else {
      log.warn({ round, device, reporter: party.reporter }, "receipt without the reporter's signature");
    }
  }

  /** Shows the operator how a challenge ended. */
  onVerdict(verdict: Frame<'VERDICT'>, party: Party): void {
    const { round, device, code, reason, elapsedMs, perfBps, signature } = verdict;
    const signed = verdictValue(verdict, party.nodeId);
    const { log } = this.options;
    if (!isSignedBy(party.reporter, party.domain, 'Verdict', signed, signature)) {
      log.error({ round, device, reporter: party.reporter }, "verdict without the reporter's signature");
      return;
    }
    const facts = { round, device, code, elapsedMs, perfBps, reason };
    if (code === 'OK' || code === 'BUSY') log.info(facts, 'verdict');
    else log.warn(facts, 'verdict');
  }

  /** A new session is ready: the newest round's commitments are sent again, in case the last session lost them. */
  resume(): void {
    const newest = Math.max(...[...this.tasks.values()].map((entry) => entry.challenge.round));
    for (const entry of this.tasks.values()) {
      if (entry.challenge.round === newest && entry.commit && !entry.opening) this.send(entry.commit);
    }
  }

  private async commit(entry: Assignment): Promise<void> {
    const { log, signer } = this.options;
    const { round, device, task, taskSeed } = entry.challenge;
    const commitment = toHex(entry.run!.commitment);
    const signature = await signMessage(signer, entry.party.domain, 'Commit', { taskSeed, commitment });
    entry.commit = encodeFrame('COMMIT', { round, device, commitment, signature });
    const sent = this.send(entry.commit);
    // After sending, as the clock runs.
    this.options.journal?.remember({ challenge: entry.challenge, commitment });
    const elapsedMs = Math.round(performance.now() - entry.startedMs);
    log.info({ round, device, task, elapsedMs, ...(sent ? {} : { sent }) }, 'committed');
  }

  /** Does a task again that was committed to before this process started; undefined when there is none. */
  private revive(round: number, device: number, party: Party): Promise<Assignment | undefined> {
    const key = `${round}/${device}`;
    const found = this.reviving.get(key) ?? this.doAgain(round, device, party);
    this.reviving.set(key, found);
    return found.finally(() => this.reviving.delete(key));
  }

  private async doAgain(round: number, device: number, party: Party): Promise<Assignment | undefined> {
    const { log, journal, signal } = this.options;
    const remembered = journal?.recall(round, device);
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
      const entry: Assignment = {
        challenge,
        party,
        abort,
        startedMs: performance.now(),
        run,
        commit: null,
        opening: null,
      };
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
    const { chain, signal } = this.options;
    for (let attempt = 0; ; attempt++) {
      const [anchored, header] = await Promise.all([
        chain.oracle.round(BigInt(coins.round)),
        chain.blocks.header(coins.anchor.blockNumber),
      ]);
      const { challenge, party } = entry;
      const problem = coinsProblem({
        coins,
        challenge,
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

  private forgetBefore(round: number): void {
    const kept = newestRounds([...[...this.tasks.values()].map((entry) => entry.challenge.round), round]);
    for (const [key, entry] of this.tasks) {
      if (!kept.has(entry.challenge.round)) this.tasks.delete(key);
    }
  }
}
