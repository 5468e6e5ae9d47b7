import type { DataSource } from 'typeorm';
import { monotonicMs } from '../../runtime/clock';
import { type ApiDatabase, connect } from '../database';
import { unavailable } from '../errors';
import type { ApiLimits } from '../limits';
import { RequestContext } from './context';
import { NoTurn, Turns } from './turns';

/** Connections for requests that take as long, and whose turn it is to use them. */
class Lane {
  private readonly turns: Turns;

  constructor(
    private readonly source: DataSource,
    private readonly timeMs: number,
    private readonly limits: ApiLimits,
    connections: number,
  ) {
    this.turns = new Turns(connections, limits.connectionsPerClient);
  }

  /** @returns what the work comes to, and whether it ran out of time. @throws GraphQLError when there is no place */
  async run<T>(client: string, untilMs: number, work: (context: RequestContext) => Promise<T>) {
    const giveBack = await this.turns.take(client, this.limits.waitMs).catch((error) => {
      throw error instanceof NoTurn ? unavailable('too many requests are under way, try again') : error;
    });
    const context = new RequestContext(this.source, { timeMs: this.timeMs, untilMs }, this.limits.responseNodes);
    try {
      return { result: await work(context), ranOut: context.ranOut };
    } finally {
      await context.close();
      giveBack();
    }
  }

  close(): Promise<void> {
    return this.source.destroy();
  }
}

/**
 * Two lanes to the database. Every query begins in the light one, which it must leave after a moment, and begins again in
 * the heavy one when that was not enough: whatever anybody asks, who asks for little waits for a moment at the most.
 */
export class Lanes {
  /** Queries that were slow, with the time until which they begin in the heavy lane. */
  private readonly slow = new Map<string, number>();

  private constructor(
    private readonly light: Lane,
    private readonly heavy: Lane,
    private readonly limits: ApiLimits,
  ) {}

  /** @throws the driver's error when Postgres cannot be reached */
  static async open(address: ApiDatabase, limits: ApiLimits): Promise<Lanes> {
    const { lightMs, deadlineMs, waitMs, lightConnections, heavyConnections } = limits;
    const ofLight = { name: 'dpin api, light lane', connections: lightConnections, statementMs: lightMs };
    const ofHeavy = { name: 'dpin api, heavy lane', connections: heavyConnections, statementMs: deadlineMs };
    const light = await connect(address, { ...ofLight, waitMs });
    try {
      const heavy = await connect(address, { ...ofHeavy, waitMs });
      return new Lanes(
        new Lane(light, lightMs, limits, lightConnections),
        new Lane(heavy, deadlineMs, limits, heavyConnections),
        limits,
      );
    } catch (error) {
      await light.destroy();
      throw error;
    }
  }

  /**
   * Does the work of a request, twice when the first time was too short.
   * @param client whose request it is
   * @param query its text, by which slow ones are known again
   * @throws GraphQLError when there is no place for it in time
   */
  async run<T>(client: string, query: string, work: (context: RequestContext) => Promise<T>): Promise<T> {
    const untilMs = monotonicMs() + this.limits.deadlineMs;
    if (!this.isSlow(query)) {
      const { result, ranOut } = await this.light.run(client, untilMs, work);
      if (!ranOut) return result;
      this.remember(query);
    }
    return (await this.heavy.run(client, untilMs, work)).result;
  }

  async close(): Promise<void> {
    await Promise.all([this.light.close(), this.heavy.close()]);
  }

  private isSlow(query: string): boolean {
    return (this.slow.get(query) ?? 0) > monotonicMs();
  }

  private remember(query: string): void {
    this.slow.delete(query);
    this.slow.set(query, monotonicMs() + this.limits.slowForMs);
    const [oldest] = this.slow.keys();
    if (this.slow.size > this.limits.slowKept) this.slow.delete(oldest as string);
  }
}
