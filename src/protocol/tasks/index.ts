import { sized, uintFromBytes } from '../bytes';
import type { HardwareClass } from '../classes';
import { ProtocolError } from '../errors';
import { MAX_PERF_BPS } from '../measurement';
import { gemm } from './gemm/task';
import { TASK_SIZES, type Task, type TaskSizes } from './task';
import { tree } from './tree/task';

/**
 * The tasks that a round can draw. Rooms that do something with a task keep a `Record<TaskName, …>`, so that the
 * compiler names what a new entry here must furnish.
 */
export const TASKS = { gemm, tree } satisfies Record<string, Task>;
export type TaskName = keyof typeof TASKS;
export const TASK_NAMES = Object.keys(TASKS) as [TaskName, ...TaskName[]];

/** What one task asks of one device. */
export interface TaskParams extends TaskSizes {
  task: TaskName;
}

/** Whether a text from outside names a task. */
export function isTaskName(name: string): name is TaskName {
  return Object.hasOwn(TASKS, name);
}

/**
 * Parameters that came from outside: a task's name and the object of its sizes.
 * @throws ProtocolError for an unknown task, another shape, or sizes that the task does not allow
 */
export function parseTaskParams(task: string, value: unknown): TaskParams {
  if (!isTaskName(task)) throw new ProtocolError(`no task ${JSON.stringify(task.slice(0, 40))}`);
  const parsed = TASK_SIZES.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ProtocolError(`sizes of ${task}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'invalid'}`);
  }
  TASKS[task].check(parsed.data);
  return { task, ...parsed.data };
}

const ALL_SHARES = TASK_NAMES.reduce((sum, name) => sum + TASKS[name].share, 0);

/**
 * The round's task, fixed by the round seed: the seed modulo the sum of all shares falls to the last task first
 * (protocol section 2).
 * @param seed 32 bytes
 */
export function drawTask(seed: Uint8Array): TaskName {
  const drawn = Number(uintFromBytes(sized(seed, 32, 'roundSeed')) % BigInt(ALL_SHARES));
  let taken = 0;
  for (const name of TASK_NAMES.toReversed()) {
    taken += TASKS[name].share;
    if (drawn < taken) return name;
  }
  throw new RangeError('the shares of the tasks do not add up');
}

/** Parameters of a device's next task. @param lastRate rate of its last accepted task of this kind, or null */
export function taskParams(hardware: HardwareClass, task: TaskName, lastRate: bigint | null): TaskParams {
  return { task, ...TASKS[task].sizes(hardware, lastRate) };
}

/** Work units per millisecond that count as 10000 basis points. */
export function referenceRate(hardware: HardwareClass, task: TaskName): bigint {
  return TASKS[task].referenceRate(hardware);
}

/** Milliseconds that the task should take, rounded up. @param lastRate as for `taskParams` */
export function expectedMs(hardware: HardwareClass, params: TaskParams, lastRate: bigint | null): number {
  const rate = TASKS[params.task].expectedRate(hardware, lastRate);
  return Number((TASKS[params.task].work(params) + rate - 1n) / rate);
}

/** After its deadline a commitment is LATE for this long, then it is none (protocol section 2). */
export const LATE_MS = 2_000;

/** A node whose rate is known may take three times as long; one of a quarter of the reference rate is in time. */
const RUNS_AT_OWN_RATE = 3;
const RUNS_AT_REFERENCE = 4;

/**
 * Deadline of COMMIT, ms after CHALLENGE: the task's preparation and three times the expected time, never below the
 * class's shortest and never after its commit window (protocol section 2). The clock that gives `elapsedMs` runs from
 * CHALLENGE to COMMIT: a preparation makes the deadline later, but the rate counts it as work.
 */
export function deadlineMs(hardware: HardwareClass, params: TaskParams, lastRate: bigint | null): number {
  const task = TASKS[params.task];
  const isOwnRate = task.expectedRate(hardware, lastRate) !== task.referenceRate(hardware);
  const runs = isOwnRate ? RUNS_AT_OWN_RATE : RUNS_AT_REFERENCE;
  const ownMs = task.preparationMs(params) + runs * expectedMs(hardware, params, lastRate);
  return Math.min(hardware.commitWindowMs, Math.max(hardware.minDeadlineMs, ownMs));
}

/**
 * What is wrong with a challenge's sizes and deadline for a class; pure and cheap, for a node before it starts working.
 * @returns words that name the field and what the class allows, null when nothing is wrong
 */
export function challengeBoundsProblem(hardware: HardwareClass, params: TaskParams, deadlineMs: number): string | null {
  const { minT, maxT, ...exact } = TASKS[params.task].bounds(hardware);
  const asked = `${params.task} in class ${hardware.name}`;
  for (const [size, allowed] of Object.entries(exact) as [keyof typeof exact, number][]) {
    if (params[size] !== allowed) return `${size} = ${params[size]} is asked, ${asked} has ${size} = ${allowed}`;
  }
  if (!isWithin(params.T, minT, maxT)) return `T = ${params.T} is asked, ${asked} has T in ${minT}..${maxT}`;
  const { minDeadlineMs, commitWindowMs } = hardware;
  return isWithin(deadlineMs, minDeadlineMs, commitWindowMs)
    ? null
    : `deadlineMs = ${deadlineMs} is given, class ${hardware.name} has ${minDeadlineMs}..${commitWindowMs}`;
}

function isWithin(value: number, least: number, largest: number): boolean {
  return Number.isInteger(value) && value >= least && value <= largest;
}

/** Measured rate in work units per millisecond, rounded down; elapsed time counts at least 1 ms. */
export function measuredRate(params: TaskParams, elapsedMs: number): bigint {
  return TASKS[params.task].work(params) / countedMs(elapsedMs);
}

/** `min(20000, ⌊10000·work / (elapsedMs·reference)⌋)` (protocol sections 3 and 4). */
export function perfBps(hardware: HardwareClass, params: TaskParams, elapsedMs: number): number {
  const referenceWork = countedMs(elapsedMs) * referenceRate(hardware, params.task);
  const perf = (10_000n * TASKS[params.task].work(params)) / referenceWork;
  return perf > BigInt(MAX_PERF_BPS) ? MAX_PERF_BPS : Number(perf);
}

function countedMs(elapsedMs: number): bigint {
  if (!Number.isSafeInteger(elapsedMs) || elapsedMs < 0) throw new ProtocolError(`elapsedMs ${elapsedMs}`);
  return BigInt(Math.max(1, elapsedMs));
}
