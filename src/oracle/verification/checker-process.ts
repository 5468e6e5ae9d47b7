import { type ChildProcess, fork } from 'node:child_process';
import { monotonicMs } from '../../runtime/clock';
import type { CheckResult, LoadedCheck } from './check';

/** A timer may be so late in a busy process. */
const LATE_MS = 1_000;

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

/** What is asked of the process and not answered yet. */
interface Question {
  answered(message: CheckerMessage): void;
  died(error: CheckerDied): void;
}

/**
 * One process that checks reveals, one at a time (the proof system does not load in a worker thread). What a node sent
 * may bring it down; it brings nothing else down.
 */
export class CheckerProcess {
  private readonly child: ChildProcess;
  private question: Question | null = null;
  private cause: string | null = null;
  /** Label of the check that it is at. */
  at: string | null = null;
  /** It has done all that it was for; its end is no news. */
  isRetired = false;
  /** Resolves with the reason when the process has ended. */
  readonly ended: Promise<string>;
  /** Resolves when it can check; rejects with CheckerDied when it ended, or took too long, before. */
  readonly ready: Promise<unknown>;

  /** @throws Error when the system gives no process */
  constructor({ program, heapMb, startMs }: CheckerProcessOptions) {
    this.child = fork(program, [], {
      execArgv: [`--max-old-space-size=${heapMb}`, '--max-semi-space-size=4'],
      serialization: 'advanced',
    });
    this.child.on('message', (message: CheckerMessage) => this.question?.answered(message));
    this.ended = new Promise((resolve) => {
      const end = (reason: string) => {
        this.cause ??= reason;
        resolve(this.cause);
        this.question?.died(new CheckerDied(`the checker ${this.cause}`));
      };
      // Not 'exit': an answer may still be in the channel then.
      this.child.once('close', (code, signal) => end(signal ? `was killed by ${signal}` : `exited with ${code}`));
      this.child.on('error', (error) => {
        // One that never was sends no 'close'.
        if (this.child.pid === undefined) end(error.message);
        else this.kill(error.message);
      });
    });
    this.ready = this.ask(startMs, 'was not ready in time');
    // Whoever has closed the pool does not wait for it any more.
    this.ready.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Why the process ended, or was told to; null while it lives. */
  get death(): string | null {
    return this.cause;
  }

  /** True when a signal ended it: another one may do better; one that ended by itself would do so again. */
  get wasKilled(): boolean {
    return this.child.signalCode !== null;
  }

  /** @throws CheckerDied when the process ends or takes too long; CheckFailed when the checker threw */
  async check(label: string, check: LoadedCheck, limitMs: number): Promise<CheckResult> {
    this.at = label;
    const answer = this.ask(limitMs, 'took too long');
    this.child.send(check, (error) => {
      if (error) this.kill(`could not be reached: ${error.message}`);
    });
    const message = await answer;
    this.at = null;
    if ('result' in message) return message.result;
    throw new CheckFailed('error' in message ? message.error : 'the checker gave no answer');
  }

  kill(reason: string): void {
    this.cause ??= reason;
    this.child.kill('SIGKILL');
  }

  retire(): void {
    this.isRetired = true;
    this.kill('is not needed any more');
  }

  private ask(limitMs: number, late: string): Promise<CheckerMessage> {
    return new Promise<CheckerMessage>((resolve, reject) => {
      if (this.cause !== null) return reject(new CheckerDied(`the checker ${this.cause}`));
      const stopWatch = whenAwakeFor(limitMs, () => this.kill(late));
      const over = () => {
        stopWatch();
        this.question = null;
      };
      this.question = {
        answered: (message) => {
          over();
          resolve(message);
        },
        died: (error) => {
          over();
          reject(error);
        },
      };
    });
  }
}

/**
 * Calls `act` when this process was awake for `limitMs`: a timer that fires late tells of one that was suspended,
 * perhaps with its children, so the time lost is given again.
 * @returns what calls it off
 */
function whenAwakeFor(limitMs: number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (ms: number) => {
    const dueMs = monotonicMs() + ms;
    timer = setTimeout(() => {
      const lateMs = monotonicMs() - dueMs;
      if (lateMs > LATE_MS) arm(lateMs);
      else act();
    }, ms);
  };
  arm(limitMs);
  return () => clearTimeout(timer);
}
