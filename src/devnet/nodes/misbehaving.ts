import { setTimeout as sleep } from 'node:timers/promises';
import type { Backend, Run, TaskInput } from '../../node/backends/backend';
import { hardwareClass as hardwareClassOf } from '../../protocol/classes';
import { deadlineMs, measuredRate, referenceRate, TASKS, type TaskName } from '../../protocol/tasks';
import { HARDWARE_CLASS } from '../network';

/** Rate of the slow node against its class's reference, 1/10000: well below honest, well within the commit window. */
const SLOW_RATE_BPS = 5_000n;
/** Share of its deadline that the stretching node uses, and how often it answers. */
const STRETCHED_SHARE = 0.95;
const STRETCHED_ANSWERS = 2;

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

/**
 * A node that answers just before its deadline, which in an open-ended round would make the next deadline longer, and
 * then no more.
 */
export function stretching(backend: Backend): Backend {
  const mute = silent(backend);
  const lastRates = new Map<TaskName, bigint>();
  let answers = 0;
  return wrap(backend, 'stretching', async (input) => {
    if (answers++ >= STRETCHED_ANSWERS) return mute.run(input);
    const { params, signal } = input;
    const startedAt = Date.now();
    const hardware = hardwareClassOf(HARDWARE_CLASS);
    const elapsedMs = STRETCHED_SHARE * deadlineMs(hardware, params, lastRates.get(params.task) ?? null);
    const run = await backend.run(input);
    await sleep(Math.max(0, elapsedMs - (Date.now() - startedAt)), undefined, { signal });
    lastRates.set(params.task, measuredRate(params, Math.ceil(elapsedMs)));
    return run;
  });
}

function wrap(backend: Backend, name: string, run: Backend['run']): Backend {
  return { name: `${backend.name} (${name})`, run, close: () => backend.close() };
}

function slowMs({ params }: TaskInput): number {
  const referenceMs = TASKS[params.task].work(params) / referenceRate(hardwareClassOf(HARDWARE_CLASS), params.task);
  return Number((referenceMs * 10_000n) / SLOW_RATE_BPS);
}
