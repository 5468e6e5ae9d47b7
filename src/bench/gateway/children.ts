import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { compiledWorker } from '../../runtime/workers';

/** Sockets of the client side, in a process of its own: what it is told to do, and what it tells. */
export type ToSockets =
  /** Opens sockets that say nothing. */
  | { do: 'idle'; port: number; count: number }
  /** Logs nodes in; they answer each CHALLENGE `delayMs` after it came. */
  | { do: 'nodes'; port: number; keys: string[]; delayMs: number }
  | { do: 'attack'; port: number; kind: AttackKind; sockets: number; member: { nodeId: number; key: string } }
  | { do: 'count' };
export type FromSockets = { done: number };

export const ATTACKS = ['control frames', 'garbage', 'connects', 'bad HELLOs'] as const;
export type AttackKind = (typeof ATTACKS)[number];

export class Child {
  private constructor(private readonly process: ChildProcess) {}

  static start(): Child {
    return new Child(fork(compiledWorker('bench/gateway/sockets')));
  }

  /** @returns what it counts */
  async tell(order: ToSockets): Promise<number> {
    this.process.send(order);
    const [{ done }] = (await once(this.process, 'message')) as [FromSockets];
    return done;
  }

  async end(): Promise<void> {
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
  }
}
