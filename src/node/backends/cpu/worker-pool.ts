import { Worker } from 'node:worker_threads';
import { compiledWorker } from '../../../runtime/workers';
import type { GemmJob } from './gemm-job';

/** Young objects of a worker are few: its data lies in WASM memory and shared buffers. */
const WORKER_LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 };

/** Threads that work on one job together, and on one job at a time. */
export class WorkerPool {
  private readonly workers: Worker[] = [];
  private last: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  constructor(private readonly threads: number) {}

  /**
   * Resolves when every thread has left the job: done, or aborted by its progress words.
   * @throws the error of a thread that died; the next job starts fresh threads
   */
  run(job: GemmJob): Promise<void> {
    const turn = this.last.then(() => this.runNow(job));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** Ends the threads; a job in progress rejects. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.endWorkers();
  }

  private async runNow(job: GemmJob): Promise<void> {
    if (this.isClosed) throw new Error('the CPU backend is closed');
    while (this.workers.length < this.threads) {
      this.workers.push(new Worker(compiledWorker('node/backends/cpu/worker'), { resourceLimits: WORKER_LIMITS }));
    }
    try {
      await Promise.all(this.workers.map((worker) => answer(worker, job)));
    } catch (error) {
      await this.endWorkers();
      throw error;
    }
  }

  private async endWorkers(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => worker.terminate()));
  }
}

/** Sends a job to a thread and waits for its answer or its end. */
function answer(worker: Worker, job: GemmJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      act();
    };
    const onMessage = () => settle(resolve);
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = () => settle(() => reject(new Error('a thread of the CPU backend ended in the middle of a job')));
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    worker.postMessage(job);
  });
}
