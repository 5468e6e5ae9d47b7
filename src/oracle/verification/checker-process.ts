import { type ChildProcess, fork } from 'node:child_process';
import type { CheckResult, LoadedCheck } from './check';

/** What the process answers: first `ready`, then one answer to each check. */
export type CheckerMessage = { ready: true } | { result: CheckResult } | { error: string };

/** The process ended, or was ended because it took too long. */
export class CheckerDied extends Error {
  override readonly name = 'CheckerDied';
}

/** The checker threw: the reporter's mistake, and it would throw again. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

export interface CheckerProcessOptions {
  /** File of the program. */
  program: string;
  /** Limit of its heap, MB. */
  heapMb: number;
  /** It must be ready within this. */
  startMs: number;
}

/**
 * One process that checks reveals, one at a time (the proof system does not load in a worker thread). What a node sent
 * may bring it down; it brings nothing else down.
 */
export class CheckerProcess {
  private answer: ((message: CheckerMessage) => void) | null = null;
  private cause: string | null = null;
  /** Resolves with the reason when the process has ended. */
  readonly ended: Promise<string>;

  private constructor(private readonly child: ChildProcess) {
    this.ended = new Promise((resolve) => {
      const end = (reason: string) => {
        this.cause ??= reason;
        resolve(this.cause);
      };
      child.once('error', (error) => end(error.message));
      child.once('exit', (code, signal) => end(signal ? `killed by ${signal}` : `exited with ${code}`));
    });
    child.on('message', (message: CheckerMessage) => this.answer?.(message));
  }

  /** @throws CheckerDied when it ends, or takes too long, before it is ready */
  static async start({ program, heapMb, startMs }: CheckerProcessOptions): Promise<CheckerProcess> {
    const child = fork(program, [], {
      execArgv: [`--max-old-space-size=${heapMb}`, '--max-semi-space-size=4'],
      serialization: 'advanced',
    });
    const process = new CheckerProcess(child);
    try {
      await process.next(startMs, 'was not ready in time');
    } catch (error) {
      process.kill();
      throw error;
    }
    return process;
  }

  /** Why the process ended; null while it lives. */
  get death(): string | null {
    return this.cause;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** @throws CheckerDied when the process ends or takes too long; CheckFailed when the checker threw */
  async check(check: LoadedCheck, limitMs: number): Promise<CheckResult> {
    const answer = this.next(limitMs, 'took too long');
    // A message to a process that is just ending is lost; its end is noticed.
    this.child.send(check, () => undefined);
    const message = await answer;
    if ('result' in message) return message.result;
    throw new CheckFailed('error' in message ? message.error : 'the checker gave no answer');
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private async next(limitMs: number, late: string): Promise<CheckerMessage> {
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<CheckerMessage>((resolve) => {
      this.answer = resolve;
    });
    const isLate = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(late), limitMs);
    });
    try {
      const first = await Promise.race([answered, this.ended, isLate]);
      if (typeof first !== 'string') return first;
      this.cause ??= first;
      this.kill();
      throw new CheckerDied(`the checker ${first}`);
    } finally {
      clearTimeout(timer);
      this.answer = null;
    }
  }
}
