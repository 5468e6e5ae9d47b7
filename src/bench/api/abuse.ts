import { setTimeout as sleep } from 'node:timers/promises';
import { quantile, rounded } from '../gateway/figures';
import { type Attack, Attacker } from './attacks/attacker';
import { Child } from './child';
import type { FromLight, ToLight } from './light-child';
import type { Population } from './population';
import type { ServerChild } from './server-child';

export interface AbuseFigures {
  name: string;
  /** Highest of the statuses; 0 is a connection that ended without an answer. */
  status: number;
  /** How often each came. */
  statuses: Record<number, number>;
  /** Until the slowest answer. */
  ms: number;
  /** Longest time that the event loop did nothing else, median of the runs. */
  loopBlockedMs: number;
  /** Of a client beside it that asks for little, from another address. */
  lightP99Ms: number;
  /** How often that client got no answer, of all runs. */
  lightRefused: number;
}

const RUNS = 3;
/** An attack that is over sooner begins again. */
const RUN_MS = 1_000;
/** What an attack left behind is over by then. */
const REST_MS = 200;

/** What an attack does to the API and to others who ask it. */
export async function measureAbuse(
  { name, run }: Attack,
  server: ServerChild,
  port: number,
  population: Population,
): Promise<AbuseFigures> {
  const statuses: Record<number, number> = {};
  const blockedMs: number[] = [];
  const lightMs: number[] = [];
  let slowestMs = 0;
  let lightRefused = 0;
  for (let done = 0; done < RUNS; done++) {
    const attacker = new Attacker(port, population);
    const light = Child.start<ToLight, FromLight>('light-child');
    await light.tell({ start: port });
    await server.tell('look');
    const startMs = performance.now();
    do {
      for (const { status, ms } of await run(attacker)) {
        statuses[status] = (statuses[status] ?? 0) + 1;
        slowestMs = Math.max(slowestMs, ms);
      }
    } while (performance.now() < startMs + RUN_MS);
    blockedMs.push((await server.tell('look')).blockedMs);
    const beside = await light.tell('stop');
    lightMs.push(...beside.ms);
    lightRefused += beside.refused;
    await light.end();
    attacker.close();
    await sleep(REST_MS);
  }
  return {
    name,
    status: Math.max(0, ...Object.keys(statuses).map(Number)),
    statuses,
    ms: rounded(slowestMs, 0),
    loopBlockedMs: rounded(quantile(blockedMs, 0.5), 1),
    lightP99Ms: rounded(quantile(lightMs, 0.99), 1),
    lightRefused,
  };
}
