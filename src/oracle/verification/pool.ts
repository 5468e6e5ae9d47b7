import type { Logger } from '@subsquid/logger';
import { backoffMs, sleep } from '../../runtime/backoff';
import { FatalError, RetryableError } from '../../runtime/errors';
import { compiledWorker } from '../../runtime/workers';
import type { Check, CheckResult } from './check';
import { CheckerDied, CheckerProcess, CheckFailed } from './checker-process';

export interface VerifierPoolOptions {
  /** Processes that check at the same time (ORACLE_VERIFIERS). */
  workers: number;
  log: Logger;
  /** File of the processes' program; the real one unless told otherwise. */
  program?: string;
  /** A check that takes longer ends its process. */
  checkMs?: number;
}

/** Limit of each process's heap, MB; half as much again where a check runs alone. */
const HEAP_MB = 256;
const ALONE_HEAP_MB = 384;
const START_MS = 60_000;
const CHECK_MS = 60_000;
/** A check at which so many processes died is judged alone. */
const DEATHS = 2;

interface Job {
  check: Check;
  deaths: number;
  resolve(result: CheckResult): void;
  reject(error: Error): void;
}

/**
 * Checks reveals in processes of their own, so that the main loop never waits for one and no reveal can end the oracle.
 * A process that dies is always replaced. A check at which two died is judged alone in a fresh process; if that dies
 * too it is UNCHECKABLE, which counts against nobody but the reporter. The same check gives the same result again.
 */
export class VerifierPool {
  /** All that have no result yet. */
  private readonly jobs = new Set<Job>();
  private readonly waitingJobs: Job[] = [];
  private readonly loneJobs: Job[] = [];
  private readonly idle = new Set<() => void>();
  private readonly processes = new Set<CheckerProcess>();
  private readonly closed = new AbortController();
  private underWay = 0;
  private isJudgingAlone = false;

  constructor(private readonly options: VerifierPoolOptions) {}

  /** Checks that wait for a process. */
  get waiting(): number {
    return this.waitingJobs.length + this.loneJobs.length;
  }

  /** Checks under way. */
  get running(): number {
    return this.underWay;
  }

  /** Process ids of the processes that live or are just starting. */
  get pids(): number[] {
    return [...this.processes].filter(({ death }) => death === null).flatMap(({ pid }) => pid ?? []);
  }

  /**
   * Starts the processes; later ones may fail, and are replaced.
   * @throws FatalError when the first one ends by itself before it is ready (kernels or keys missing): nothing may be
   *   judged then; RetryableError when something else ended it
   */
  async start(): Promise<void> {
    const first = this.fork(HEAP_MB);
    try {
      await first.ready;
    } catch (error) {
      const cannot = `Reveals cannot be checked: ${(error as Error).message} before it was ready`;
      if (first.wasKilled) throw new RetryableError(cannot, {}, { cause: error });
      const advice = 'Its own words are above. After an update or a lost file, run `npm run build`.';
      throw new FatalError(cannot, advice, {}, { cause: error });
    }
    for (let lane = 0; lane < this.options.workers; lane++) void this.lane(lane === 0 ? first : null);
  }

  /**
   * Checks one reveal; the oldest waiting one comes first.
   * @throws what loading its bytes threw, or Error when the pool is closed
   */
  check(check: Check): Promise<CheckResult> {
    if (this.closed.signal.aborted) return Promise.reject(new Error('the verifier is closed'));
    return new Promise<CheckResult>((resolve, reject) => {
      const job: Job = { check, deaths: 0, resolve, reject };
      this.jobs.add(job);
      this.waitingJobs.push(job);
      this.wakeIdle();
    });
  }

  /** Ends every process; checks without a result are rejected. */
  async close(): Promise<void> {
    const reason = new Error('the verifier is closed');
    this.closed.abort(reason);
    for (const job of this.jobs) job.reject(reason);
    for (const list of [this.waitingJobs, this.loneJobs]) list.length = 0;
    this.jobs.clear();
    this.wakeIdle();
    const ends = [...this.processes].map((process) => {
      process.retire();
      return process.ended;
    });
    await Promise.all(ends);
  }

  /** One process after the other, for ever; each takes the oldest check when it has none. */
  private async lane(first: CheckerProcess | null): Promise<void> {
    let next = first;
    // Counted from the last check that one of them made: those that die at once must not take the whole machine.
    for (let failures = 0; !this.closed.signal.aborted; failures++) {
      try {
        const process = next ?? this.fork(HEAP_MB);
        next = null;
        await process.ready;
        while (process.death === null) {
          const job = this.waitingJobs.shift();
          if (!job) await this.somethingNew();
          else if (await this.run(job, process)) failures = 0;
        }
        await process.ended;
      } catch {
        // Its end is in the log.
      }
      await sleep(backoffMs(failures), this.closed.signal);
    }
  }

  /** Resolves when there is a check to take, a process has died or the pool is closed. */
  private somethingNew(): Promise<void> {
    return new Promise((resolve) => this.idle.add(resolve));
  }

  /** All of them: one of those that wait may wait with a process that is dead. */
  private wakeIdle(): void {
    for (const wake of this.idle) wake();
    this.idle.clear();
  }

  /** @returns false when the process did not survive it; the check goes on elsewhere */
  private async run(job: Job, process: CheckerProcess): Promise<boolean> {
    const { opening: load, label, ...rest } = job.check;
    this.underWay++;
    try {
      const opening = await load();
      // One that died meanwhile is not this check's doing.
      if (process.death !== null) return this.tryAgain(job);
      job.resolve(await process.check(label, { ...rest, opening }, this.options.checkMs ?? CHECK_MS));
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof CheckerDied) {
        job.deaths++;
        return this.tryAgain(job);
      }
      if (error instanceof CheckFailed) this.giveUp(job, `the check cannot be made: ${message}`);
      else job.reject(error as Error);
    } finally {
      this.underWay--;
    }
    this.jobs.delete(job);
    return true;
  }

  private tryAgain(job: Job): false {
    if (this.closed.signal.aborted) return false;
    if (job.deaths < DEATHS) {
      this.waitingJobs.unshift(job);
      this.wakeIdle();
    } else if (job.deaths === DEATHS) {
      this.loneJobs.push(job);
      void this.judgeAlone();
    } else {
      this.giveUp(job, 'the check brought down every process that tried it');
      this.jobs.delete(job);
    }
    return false;
  }

  private giveUp({ check, resolve }: Job, reason: string): void {
    this.options.log.error({ check: check.label, reason }, 'a reveal cannot be checked');
    resolve({ code: 'UNCHECKABLE', reason: reason.slice(0, 300), numbers: {}, cpuMs: 0 });
  }

  /** The last try of each: in a process that has nothing else to do, one at a time. */
  private async judgeAlone(): Promise<void> {
    if (this.isJudgingAlone) return;
    this.isJudgingAlone = true;
    for (let failures = 0; this.loneJobs.length > 0; ) {
      try {
        const process = this.fork(ALONE_HEAP_MB);
        await process.ready;
        const job = this.loneJobs.shift();
        if (job) await this.run(job, process);
        process.retire();
        failures = 0;
      } catch {
        // That it cannot be started is not the check's doing.
        await sleep(backoffMs(failures++), this.closed.signal);
      }
    }
    this.isJudgingAlone = false;
  }

  /** @throws Error when the system gives no process, or the pool is closed */
  private fork(heapMb: number): CheckerProcess {
    this.closed.signal.throwIfAborted();
    const program = this.options.program ?? compiledWorker('oracle/verification/worker');
    const process = new CheckerProcess({ program, heapMb, startMs: START_MS });
    this.processes.add(process);
    void process.ended.then((why) => {
      this.processes.delete(process);
      this.wakeIdle();
      const facts = { pid: process.pid, why, ...(process.at !== null && { check: process.at }) };
      if (!process.isRetired) this.options.log.error(facts, 'a checker ended');
    });
    return process;
  }
}
