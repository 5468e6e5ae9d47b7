import { setTimeout as sleep } from 'node:timers/promises';
import type { Backend, Run, TaskInput } from '../../node/backends/backend';
import { hardwareClass as hardwareClassOf } from '../../protocol/classes';
import { referenceRate, TASKS } from '../../protocol/tasks';
import { HARDWARE_CLASS } from '../network';

/** Rate of the slow node against its class's reference, 1/10000: well below honest, well within the commit window. */
const SLOW_RATE_BPS = 5_000n;

/** A node that does all its work, but not at the rate of its class. */
export function slow(backend: Backend): Backend {
  return wrap(backend, 'slow', async (input) => {
    const startedAt = Date.now();
    const run = await backend.run(input);
    await sleep(Math.max(0, slowMs(input) - (Date.now() - startedAt)), undefined, { signal: input.signal });
    return run;
  });
}

/** A node that works once and then shows that result again and again. */
export function replaying(backend: Backend): Backend {
  let first: Promise<Run> | undefined;
  return wrap(backend, 'replaying', (input) => {
    first ??= backend.run(input).catch((error: unknown) => {
      first = undefined;
      throw error;
    });
    return first;
  });
}

/** A node that keeps its connection and never answers a challenge. */
export function silent(backend: Backend): Backend {
  return wrap(
    backend,
    'silent',
    ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  );
}

function wrap(backend: Backend, name: string, run: Backend['run']): Backend {
  return { name: `${backend.name} (${name})`, run, close: () => backend.close() };
}

function slowMs({ params }: TaskInput): number {
  const referenceMs = TASKS[params.task].work(params) / referenceRate(hardwareClassOf(HARDWARE_CLASS), params.task);
  return Number((referenceMs * 10_000n) / SLOW_RATE_BPS);
}
