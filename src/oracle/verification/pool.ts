import type { Logger } from '@subsquid/logger';
import { backoffMs, sleep } from '../../runtime/backoff';
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
  private readonly waitingJobs: Job[] = [];
  private readonly idle: (() => void)[] = [];
  private readonly processes = new Set<CheckerProcess>();
  private readonly closed = new AbortController();
  private underWay = 0;

  constructor(private readonly options: VerifierPoolOptions) {}

  /** Checks that wait for a process. */
  get waiting(): number {
    return this.waitingJobs.length;
  }

  /** Checks under way. */
  get running(): number {
    return this.underWay;
  }

  /** Process ids of the processes that are ready. */
  get pids(): number[] {
    return [...this.processes].flatMap(({ pid }) => pid ?? []);
  }

  /** @throws CheckerDied when the first process cannot start (kernels or keys missing): nothing may be judged then */
  async start(): Promise<void> {
    const first = await this.startProcess(HEAP_MB);
    this.lane(first);
    for (let lane = 1; lane < this.options.workers; lane++) this.lane(null);
  }

  /**
   * Checks one reveal; the oldest waiting one comes first.
   * @throws what loading its bytes threw, or Error when the pool is closed
   */
  check(check: Check): Promise<CheckResult> {
    if (this.closed.signal.aborted) return Promise.reject(new Error('the verifier is closed'));
    return new Promise((resolve, reject) => {
      this.waitingJobs.push({ check, deaths: 0, resolve, reject });
      this.wakeIdle();
    });
  }

  async close(): Promise<void> {
    this.closed.abort(new Error('the verifier is closed'));
    for (const job of this.waitingJobs.splice(0)) job.reject(new Error('the verifier is closed'));
    this.wakeIdle();
    const ends = [...this.processes].map((process) => {
      process.kill();
      return process.ended;
    });
    await Promise.all(ends);
  }

  /** One process after the other, for ever; each takes the oldest check when it has none. */
  private async lane(first: CheckerProcess | null): Promise<void> {
    let process = first;
    for (let failures = 0; !this.closed.signal.aborted; ) {
      try {
        process ??= await this.startProcess(HEAP_MB);
        failures = 0;
        await this.workWith(process);
      } catch (error) {
        if (this.closed.signal.aborted) break;
        const waitMs = backoffMs(failures++);
        this.options.log.error({ error: (error as Error).message, waitMs }, 'checker ended; another one is started');
        await sleep(waitMs, this.closed.signal);
      }
      process = null;
    }
  }

  /** @throws CheckerDied when the process has ended */
  private async workWith(process: CheckerProcess): Promise<void> {
    try {
      while (!this.closed.signal.aborted) {
        // One that died idle is no check's doing.
        if (process.death !== null) throw new CheckerDied(`an idle checker ${process.death}`);
        const job = this.waitingJobs.shift();
        if (job) await this.run(job, process);
        else await Promise.race([this.nextJob(), process.ended]);
      }
    } finally {
      this.processes.delete(process);
      process.kill();
    }
  }

  /** All of them: one of those that wait may wait with a process that is dead. */
  private wakeIdle(): void {
    for (const wake of this.idle.splice(0)) wake();
  }

  private nextJob(): Promise<void> {
    return new Promise((resolve) => this.idle.push(resolve));
  }

  /** @throws CheckerDied when the process ended in the middle; the check goes on elsewhere */
  private async run(job: Job, process: CheckerProcess): Promise<void> {
    this.underWay++;
    try {
      job.resolve(await this.load(job, process));
    } catch (error) {
      if (this.closed.signal.aborted) return job.reject(this.closed.signal.reason);
      if (error instanceof LoadFailed) return job.reject(error.cause as Error);
      if (error instanceof CheckFailed) return job.resolve(uncheckable(`the check cannot be made: ${error.message}`));
      job.deaths++;
      this.options.log.error({ check: job.check.label, deaths: job.deaths }, 'a checker died at this check');
      if (job.deaths < DEATHS) {
        this.waitingJobs.unshift(job);
        this.wakeIdle();
      } else this.judgeAlone(job);
      throw error;
    } finally {
      this.underWay--;
    }
  }

  private async load({ check }: Job, process: CheckerProcess): Promise<CheckResult> {
    const { opening, label: _, ...rest } = check;
    const bytes = await opening().catch((error: Error) => {
      throw new LoadFailed('the reveal could not be loaded', { cause: error });
    });
    return process.check({ ...rest, opening: bytes }, this.options.checkMs ?? CHECK_MS);
  }

  /** The last try: in a process that has nothing else to do. */
  private async judgeAlone(job: Job): Promise<void> {
    const { label } = job.check;
    this.underWay++;
    let process: CheckerProcess | null = null;
    try {
      // That it cannot be started is not the check's doing.
      for (let failures = 0; !process; failures++) {
        process = await this.startProcess(ALONE_HEAP_MB).catch(() => null);
        if (this.closed.signal.aborted) throw this.closed.signal.reason;
        if (!process) await sleep(backoffMs(failures), this.closed.signal);
      }
      job.resolve(await this.load(job, process));
    } catch (error) {
      if (this.closed.signal.aborted) return job.reject(this.closed.signal.reason);
      if (error instanceof LoadFailed) return job.reject(error.cause as Error);
      this.options.log.error({ check: label, error: (error as Error).message }, 'the reveal cannot be checked');
      job.resolve(uncheckable(`the check brought down every process that tried: ${(error as Error).message}`));
    } finally {
      this.underWay--;
      if (process) {
        this.processes.delete(process);
        process.kill();
      }
    }
  }

  private async startProcess(heapMb: number): Promise<CheckerProcess> {
    const program = this.options.program ?? compiledWorker('oracle/verification/worker');
    const process = await CheckerProcess.start({ program, heapMb, startMs: START_MS });
    this.processes.add(process);
    if (this.closed.signal.aborted) process.kill();
    return process;
  }
}

/** The bytes of a reveal could not be had; `cause` says why. */
class LoadFailed extends Error {}

function uncheckable(reason: string): CheckResult {
  return { code: 'UNCHECKABLE', reason: reason.slice(0, 300), numbers: {}, cpuMs: 0 };
}
