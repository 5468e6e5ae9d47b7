import { type ChildProcess, fork } from 'node:child_process';
import { compiledWorker } from '../../runtime/workers';
import type { Check, CheckResult } from './check';

/** What the worker answers: first `ready`, then one answer per check in order. */
export type WorkerMessage = { ready: true } | { id: number; result: CheckResult } | { id: number; error: string };

/** A check that killed the worker this often is a check the node's bytes make impossible. */
const ATTEMPTS = 3;

interface Job {
  id: number;
  check: Check;
  attempts: number;
  resolve(result: CheckResult): void;
  reject(error: Error): void;
}

/** Limit of the worker's heap, MB. */
const WORKER_HEAP_MB = 256;

/**
 * Checks openings in a process of their own (the proof system does not load in a worker thread), so that the clock of
 * the commit phase never waits for a verification. A worker that dies is started again and its checks repeated.
 */
export class Verifier {
  private worker: ChildProcess | null = null;
  private readonly jobs = new Map<number, Job>();
  private nextId = 0;
  private closed = false;

  /**
   * Starts the worker.
   * @throws Error when it cannot be loaded (kernels or keys missing): no opening may be judged then
   */
  async start(): Promise<void> {
    const worker = fork(compiledWorker('oracle/verification/worker'), [], {
      execArgv: [`--max-old-space-size=${WORKER_HEAP_MB}`, '--max-semi-space-size=4'],
      serialization: 'advanced',
    });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`verification worker exited with ${code} before it was ready`)));
    });
    worker.removeAllListeners();
    worker.on('message', (message: WorkerMessage) => this.answered(message));
    worker.on('error', (error) => this.died(worker, error));
    worker.on('exit', (code) => this.died(worker, new Error(`verification worker exited with ${code}`)));
    this.worker = worker;
    for (const job of this.jobs.values()) this.post(job);
  }

  /**
   * Checks one opening.
   * @returns the verdict; BAD_OPENING when the bytes make the checker fail again and again
   * @throws Error when the verifier is closed
   */
  async check(check: Check): Promise<CheckResult> {
    if (this.closed) throw new Error('the verifier is closed');
    return new Promise((resolve, reject) => {
      const job: Job = { id: this.nextId++, check, attempts: 0, resolve, reject };
      this.jobs.set(job.id, job);
      this.post(job);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    const worker = this.worker;
    this.worker = null;
    for (const job of this.jobs.values()) job.reject(new Error('the verifier is closed'));
    this.jobs.clear();
    worker?.kill('SIGKILL');
  }

  private post(job: Job): void {
    // A message to a worker that is just ending is lost; its end sends the job to the next one.
    this.worker?.send({ id: job.id, check: job.check }, () => undefined);
  }

  private answered(message: WorkerMessage): void {
    if ('ready' in message) return;
    const job = this.jobs.get(message.id);
    if (!job) return;
    if ('error' in message) {
      this.failed(job, message.error);
    } else {
      this.jobs.delete(job.id);
      job.resolve(message.result);
    }
  }

  private failed(job: Job, error: string): void {
    job.attempts += 1;
    if (job.attempts < ATTEMPTS) {
      this.post(job);
      return;
    }
    this.jobs.delete(job.id);
    const reason = `the opening cannot be checked: ${error}`.slice(0, 300);
    job.resolve({ code: 'BAD_OPENING', reason, numbers: { bytes: job.check.opening.length }, cpuMs: 0 });
  }

  /** The oldest job is the one the worker was at. */
  private died(worker: ChildProcess, error: Error): void {
    if (this.closed || this.worker !== worker) return;
    this.worker = null;
    const [current] = this.jobs.values();
    if (current) this.failed(current, error.message);
    this.start().catch((failure: Error) => {
      for (const job of this.jobs.values()) job.reject(failure);
      this.jobs.clear();
    });
  }
}
