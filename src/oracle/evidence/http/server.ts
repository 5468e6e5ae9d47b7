import { Worker } from 'node:worker_threads';
import type { Logger } from '@subsquid/logger';
import { backoffMs } from '../../../runtime/backoff';
import { FatalError } from '../../../runtime/errors';
import { compiledWorker } from '../../../runtime/workers';
import type { EvidenceServerOptions } from './app';

/** What the thread is started with. */
export interface EvidenceThreadData extends Omit<EvidenceServerOptions, 'onDamaged'> {
  host: string;
  /** 0: any free port. */
  port: number;
}

/** What the thread tells: once that it listens, and each file that it found damaged. */
export type EvidenceThreadMessage = { port: number } | { damaged: string };

/** Heap of the thread, MB: answers are streamed, so it needs little however many read. */
const HEAP_MB = 64;

/**
 * Serves evidence from a thread of its own, so that nothing a client does holds up the oracle. A thread that ends is
 * started again, on the same port.
 */
export class EvidenceServer {
  private thread: Worker | null = null;
  private waiting: NodeJS.Timeout | undefined;
  private failures = 0;
  private closed = false;
  private port: number;

  constructor(
    private readonly data: EvidenceThreadData,
    private readonly log: Logger,
  ) {
    this.port = data.port;
  }

  /** Starts the thread. @returns the port. @throws FatalError when the address is taken or not ours */
  async listen(): Promise<number> {
    const { host, port } = this.data;
    try {
      return await this.start();
    } catch (error) {
      throw new FatalError(
        `EVIDENCE_PORT: cannot listen on ${host}:${port}: ${(error as Error).message}`,
        'Stop what uses the port or set EVIDENCE_PORT to a free one, for example EVIDENCE_PORT=4500',
        {},
        { cause: error },
      );
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.waiting);
    await this.thread?.terminate();
  }

  /** Resolves when the thread listens; from then on its end starts another. */
  private start(): Promise<number> {
    const thread = new Worker(compiledWorker('oracle/evidence/http/thread'), {
      workerData: { ...this.data, port: this.port } satisfies EvidenceThreadData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 8 },
    });
    this.thread = thread;
    return new Promise((resolve, reject) => {
      let cause: Error | undefined;
      let listens = false;
      thread.on('message', (message: EvidenceThreadMessage) => {
        if ('damaged' in message) {
          this.log.error({ file: message.damaged }, 'evidence is damaged on the disk and is not given out');
          return;
        }
        listens = true;
        this.port = message.port;
        resolve(message.port);
      });
      thread.on('error', (error) => {
        cause = error;
      });
      thread.once('exit', (code) => {
        const error = cause ?? new Error(`the thread ended with ${code}`);
        if (!listens) reject(error);
        else if (!this.closed) this.startAgain(error);
      });
    });
  }

  private startAgain(error: Error): void {
    const waitMs = backoffMs(this.failures);
    this.failures += 1;
    this.log.error({ error: error.message, waitMs }, 'evidence server ended, starting it again');
    this.waiting = setTimeout(() => {
      this.start().then(
        () => {
          this.failures = 0;
          this.log.info({ port: this.port }, 'evidence server listens again');
        },
        (failure: Error) => {
          if (!this.closed) this.startAgain(failure);
        },
      );
    }, waitMs);
  }
}
