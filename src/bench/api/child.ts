import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { compiledWorker } from '../../runtime/workers';

/** A process of the bench that answers what it is told, one order after the other. */
export class Child<Order, Answer> {
  private readonly ended: Promise<number>;

  private constructor(private readonly process: ChildProcess) {
    this.ended = once(process, 'exit').then(([code]) => code);
  }

  /** @param module file of this folder, without its ending @param env its environment, beside ours */
  static start<Order, Answer>(module: string, env: Record<string, string> = {}): Child<Order, Answer> {
    return new Child(fork(compiledWorker(`bench/api/${module}`), { env: { ...process.env, ...env } }));
  }

  /** @throws Error when the process has ended instead */
  async tell(order: Order): Promise<Answer> {
    const end = this.ended.then((code) => {
      throw new Error(`${this.process.spawnargs[1]} ended with code ${code}`);
    });
    const answer = once(this.process, 'message');
    this.process.send(order as object);
    const [message] = await Promise.race([answer, end]);
    return message as Answer;
  }

  async end(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }
}
