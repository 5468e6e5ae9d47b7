import { Worker } from 'node:worker_threads';
import { ABSENT_MS } from '../../protocol/rounds/decide';
import { monotonicMs } from '../../runtime/clock';
import { FatalError } from '../../runtime/errors';
import { compiledWorker } from '../../runtime/workers';
import type { FromThread, Standstill, ThreadOptions, ToThread } from './thread-messages';

/** Limit of the thread's heap, MB: tens of thousands of sessions; openings lie outside of it. */
const THREAD_HEAP_MB = 512;
const YOUNG_HEAP_MB = 16;
const RESTART_AFTER_MS = 200;
const CLOSE_MS = 3_000;
/** Session numbers that one life of the thread may give. */
const SESSIONS_PER_LIFE = 2 ** 40;

export interface LinkHooks {
  onMessage(message: FromThread): void;
  /** The thread is dead; another one follows. */
  onDown(error: Error): void;
  /** Another thread listens again. @param standstill the time in which none did */
  onUp(standstill: Standstill): void;
  /** The thread could not be started again yet. */
  onDelay(error: Error): void;
}

/** Keeps a thread of the sockets alive: a dead one is followed by another one on the same port. */
export class ThreadLink {
  private worker: Worker | null = null;
  private readonly pulse = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  private lives = 0;
  private closed = false;

  constructor(
    private readonly options: Omit<ThreadOptions, 'firstSession' | 'pulse'>,
    private readonly hooks: LinkHooks,
  ) {}

  /** Starts the first thread. @returns the port. @throws FatalError when the address is taken or not ours */
  async start(): Promise<number> {
    return this.launch(this.options.port);
  }

  /** @returns false when no thread is there to read it */
  post(message: ToThread): boolean {
    this.worker?.postMessage(message);
    return this.worker !== null;
  }

  /** Lets the thread say farewell to its peers and end. */
  async close(): Promise<void> {
    this.closed = true;
    const { worker } = this;
    this.worker = null;
    if (!worker) return;
    worker.postMessage({ type: 'close' } satisfies ToThread);
    const killer = setTimeout(() => void worker.terminate(), CLOSE_MS);
    await new Promise((resolve) => worker.once('exit', resolve));
    clearTimeout(killer);
  }

  private async launch(port: number): Promise<number> {
    const workerData: ThreadOptions = {
      ...this.options,
      port,
      firstSession: this.lives++ * SESSIONS_PER_LIFE,
      pulse: this.pulse,
    };
    const worker = new Worker(compiledWorker('oracle/gateway/thread'), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    });
    let failure: Error | null = null;
    let listening: number | null = null;
    try {
      listening = await new Promise<number>((resolve, reject) => {
        worker.on('message', (message: FromThread) => {
          if (message.type === 'listening') {
            // From here on its messages count.
            this.worker = worker;
            resolve(message.port);
          } else if (message.type === 'cannotListen') reject(new Error(message.reason));
          else if (this.worker === worker) this.hooks.onMessage(message);
        });
        worker.on('error', (error) => {
          failure = error;
        });
        worker.on('exit', (code) => {
          const error = failure ?? new Error(`it exited with ${code}`);
          if (listening === null) reject(error);
          else this.died(worker, listening, error);
        });
      });
      if (this.closed) void worker.terminate();
      return listening;
    } catch (error) {
      void worker.terminate();
      throw new FatalError(
        `ORACLE_PORT: cannot listen on ${this.options.host}:${port}: ${(error as Error).message}`,
        'Stop what uses the port or set ORACLE_PORT to a free one, for example ORACLE_PORT=4400',
      );
    }
  }

  private died(worker: Worker, port: number, error: Error): void {
    if (this.closed || this.worker !== worker) return;
    const [lastSignMs = 0] = new Float64Array(this.pulse);
    this.worker = null;
    this.hooks.onDown(error);
    const again = () => {
      if (this.closed) return;
      this.launch(port).then(
        () => {
          const toMs = monotonicMs();
          // Every session ended with the thread, however soon the next one was there.
          this.hooks.onUp({ fromMs: lastSignMs, toMs, lostMs: Math.max(ABSENT_MS, toMs - lastSignMs) });
        },
        (failure: Error) => {
          this.hooks.onDelay(failure);
          setTimeout(again, RESTART_AFTER_MS).unref();
        },
      );
    };
    again();
  }
}
