import { setMaxListeners } from 'node:events';
import type { Clock } from '../runtime/clock';
import type { SeededRandom } from './random';
import type { World } from './world';

/** What a machine's clocks say; a process that is started again finds them as they are. */
export interface MachineClocks {
  /** Wall clock minus the true time, ms. */
  wallOffsetMs: number;
  /** Time that the machine slept, ms: its monotonic clock slept too. */
  sleptMs: number;
}

/** True time of the start of every simulation, ms since 1970. */
export const GENESIS_MS = 1_800_000_000_000;

/**
 * The oracle's process, simulated: whatever reaches it passes here, so that it can be killed between any two awaits,
 * stand still, or find its main loop blocked.
 */
export class SimulatedProcess {
  readonly clock: Clock;
  /** Fires when the process is dead: whatever waits lets go of what it holds, and reaches nothing any more. */
  readonly signal: AbortSignal;
  private readonly killed = new AbortController();
  private dead = false;
  /** Everything stands still until then, the gateway's thread too. */
  private standsUntilMs = 0;
  /** The main loop is blocked until then. */
  private blockedUntilMs = 0;
  /** Calls of the world until this process is killed; at none of them by default. */
  callsLeft = Number.POSITIVE_INFINITY;

  constructor(
    readonly world: World,
    private readonly random: SeededRandom,
    private readonly clocks: MachineClocks,
    private readonly onKilled: () => void,
  ) {
    this.signal = this.killed.signal;
    setMaxListeners(0, this.signal);
    const monotonicMs = () => world.nowMs - this.clocks.sleptMs;
    this.clock = {
      monotonicMs,
      wallMs: () => Math.floor(GENESIS_MS + world.nowMs + this.clocks.wallOffsetMs),
      until: (atMs, signal) => this.until(atMs, signal),
      sleep: (ms, signal) => this.until(monotonicMs() + ms, signal).catch(() => undefined),
    };
  }

  get isDead(): boolean {
    return this.dead;
  }

  /** kill -9. */
  kill(): void {
    if (this.dead) return;
    this.dead = true;
    this.killed.abort(new Error('killed'));
    this.onKilled();
  }

  standStill(ms: number): void {
    this.standsUntilMs = Math.max(this.standsUntilMs, this.world.nowMs + ms);
  }

  block(ms: number): void {
    this.blockedUntilMs = Math.max(this.blockedUntilMs, this.world.nowMs + ms);
  }

  /** Lets the main loop do something as soon as it can; never, once the process is dead. */
  enter(happen: () => void): void {
    if (this.dead) return;
    const freeAtMs = Math.max(this.standsUntilMs, this.blockedUntilMs);
    if (freeAtMs > this.world.nowMs) this.world.at(freeAtMs, () => this.enter(happen));
    else happen();
  }

  /** Lets the gateway's thread do something as soon as it can. */
  enterThread(happen: () => void): void {
    if (this.dead) return;
    if (this.standsUntilMs > this.world.nowMs) this.world.at(this.standsUntilMs, () => this.enterThread(happen));
    else happen();
  }

  /**
   * A call of the world: the effect happens after a while, the answer comes after another, and the process may be
   * killed before the one or the other.
   */
  call<T>(latencyMs: number, effect: () => T | Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.callsLeft -= 1;
      const killsBefore = this.callsLeft === 0 && this.random.chance(0.5);
      const killsAfter = this.callsLeft === 0 && !killsBefore;
      if (this.dead) return;
      if (killsBefore) return this.kill();
      const half = latencyMs / 2;
      this.world.after(half, () => {
        // The statement of a process that dies now has reached the database already.
        const answer = (settle: () => void) => {
          if (killsAfter) this.kill();
          this.world.after(half, () => this.enter(settle));
        };
        const work = (async () => effect())();
        this.world.during(work).then(
          (value) => answer(() => resolve(value)),
          (error: unknown) => answer(() => reject(error)),
        );
      });
    });
  }

  private until(atMs: number, signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const look = () => {
        if (signal.aborted) return;
        // The machine may have slept since: its monotonic clock tells.
        const leftMs = atMs - this.clock.monotonicMs();
        // Never so little that the sum rounds to now.
        if (leftMs > 0) return this.world.after(Math.max(leftMs, 0.01), () => this.enter(look));
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      if (atMs <= this.clock.monotonicMs()) look();
      else this.world.after(atMs - this.clock.monotonicMs(), () => this.enter(look));
    });
  }
}
