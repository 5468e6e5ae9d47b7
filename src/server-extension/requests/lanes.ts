import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import { monotonicMs } from '../../runtime/clock';
import { type ApiDatabase, connect } from '../database';
import type { ApiLimits } from '../limits';
import { RequestContext } from './context';
import { inTurn, Turns } from './turns';

/** Connections for requests that take as long, and whose turn it is to use them. */
class Lane {
  constructor(
    private readonly source: DataSource,
    private readonly timeMs: number,
    private readonly limits: ApiLimits,
    private readonly turns: Turns,
  ) {}

  /**
   * @param isSingle whether the work is taken to have one statement
   * @returns what the work comes to, whether it ran out of time, and whether it had more statements than one
   * @throws GraphQLError when there is no place
   */
  async run<T>(client: string, untilMs: number, isSingle: boolean, work: (context: RequestContext) => Promise<T>) {
    return inTurn(this.turns, { client, waitMs: this.limits.waitMs }, async () => {
      const time = { timeMs: this.timeMs, untilMs };
      const context = new RequestContext(this.source, time, this.limits.responseNodes, isSingle);
      try {
        return { result: await work(context), ranOut: context.ranOut, hadMore: context.hadMore };
      } finally {
        await context.close();
      }
    });
  }

  close(): Promise<void> {
    return this.source.destroy();
  }
}

/**
 * Two lanes to the database. Every query begins in the light one, which it must leave after a moment, and begins again in
 * the heavy one when that was not enough: whatever anybody asks, who asks for little waits for a moment at the most.
 * Every query is taken to have one statement, until it has another.
 */
export class Lanes {
  /** Clients with texts of queries that were slow; these begin in the heavy lane for a while. */
  private readonly slow: LRUCache<string, true>;
  /** Texts of queries with several statements. */
  private readonly several: LRUCache<string, true>;

  private constructor(
    private readonly light: Lane,
    private readonly heavy: Lane,
    private readonly limits: ApiLimits,
  ) {
    const { slowForMs: ttl, textsBytes: maxSize } = limits;
    const sizeCalculation = (_: true, text: string) => text.length + 1;
    this.slow = new LRUCache({ maxSize, sizeCalculation, ttl });
    this.several = new LRUCache({ maxSize, sizeCalculation });
  }

  /** @throws the driver's error when Postgres cannot be reached */
  static async open(address: ApiDatabase, limits: ApiLimits): Promise<Lanes> {
    const { lightMs, deadlineMs, waitMs, lightConnections, heavyConnections } = limits;
    const ofLight = { name: 'dpin api, light lane', connections: lightConnections, statementMs: lightMs };
    const ofHeavy = { name: 'dpin api, heavy lane', connections: heavyConnections, statementMs: deadlineMs };
    const { lightConnectionsPerClient, heavyConnectionsPerClient } = limits;
    const busy = { overMs: limits.busyMs, places: limits.busyLightConnections };
    const light = await connect(address, { ...ofLight, waitMs });
    try {
      const heavy = await connect(address, { ...ofHeavy, waitMs });
      return new Lanes(
        new Lane(light, lightMs, limits, new Turns(lightConnections, lightConnectionsPerClient, busy)),
        new Lane(heavy, deadlineMs, limits, new Turns(heavyConnections, heavyConnectionsPerClient)),
        limits,
      );
    } catch (error) {
      await light.destroy();
      throw error;
    }
  }

  /**
   * Does the work of a request; again when it was taken for less than it is.
   * @param client whose request it is
   * @param query its text, by which it is known again
   * @throws GraphQLError when there is no place for it in time
   */
  async run<T>(client: string, query: string, work: (context: RequestContext) => Promise<T>): Promise<T> {
    const untilMs = monotonicMs() + this.limits.deadlineMs;
    // With other variables it may be quick, and those are others' to choose.
    const own = `${client}\n${query}`;
    if (!this.slow.has(own)) {
      const { result, ranOut } = await this.inLane(this.light, client, query, untilMs, work);
      if (!ranOut) return result;
      this.slow.set(own, true);
    }
    // It has used some of its time: only a transaction can have less than its session allows.
    return (await this.heavy.run(client, untilMs, false, work)).result;
  }

  async close(): Promise<void> {
    await Promise.all([this.light.close(), this.heavy.close()]);
  }

  private async inLane<T>(
    lane: Lane,
    client: string,
    query: string,
    untilMs: number,
    work: (context: RequestContext) => Promise<T>,
  ) {
    if (!this.several.has(query)) {
      const done = await lane.run(client, untilMs, true, work);
      if (!done.hadMore) return done;
      this.several.set(query, true);
    }
    return lane.run(client, untilMs, false, work);
  }
}
