import { ProtocolError } from './errors';
import { MAX_PERF_BPS } from './measurement';
import type { TaskName, TaskParams } from './seeds';

/**
 * Hardware classes: the sizes of the tasks and the rate that counts as 10000 basis points. A node's class is fixed for
 * the life of its nodeId. opsPerMs counts int8 multiply and add as two operations (protocol section 3).
 */
export interface HardwareClass {
  /** Number in NodeRegistry. */
  id: number;
  name: string;
  gemm: { n: number; w: number; K: number; m: number; defaultT: number; maxT: number };
  /** Depth d of the 4-ary tree and its k drawn leaf indices (section 4). */
  tree: { d: number; k: number };
  /** gemm reference: operations per millisecond of the class's fastest card. */
  opsPerMs: bigint;
  /** tree reference: Poseidon permutations per millisecond. */
  permutationsPerMs: bigint;
  /** How long a gemm run should take: 4000 by the protocol; less in the development class, whose nodes share a CPU. */
  targetMs: number;
  /** No deadline is shorter, whatever is expected. */
  minDeadlineMs: number;
}

/** T of a chain stays within these (section 3). */
export const T_MIN = 2;
export const T_MAX = 4096;
const BPS = 10_000n;

/**
 * References of the GPU classes are published dense int8 peaks (Apple M4 Max, RTX 5090, B200), which no card reaches in
 * full. The development class is a CPU shared by many nodes: one thread of a two-core server does 40 to 60 million
 * operations per millisecond alone; the reference is a twentieth of the least, so that eight nodes, a prover and
 * everything else on that machine still reach it. Its T stays so small that a node at 40 % of the reference is in time
 * even when its last run, measured on an idle machine, promised much more.
 */
export const HARDWARE_CLASSES: readonly HardwareClass[] = [
  {
    id: 0,
    name: 'development',
    gemm: { n: 512, w: 512, K: 64, m: 2, defaultT: 8, maxT: 16 },
    tree: { d: 6, k: 8 },
    opsPerMs: 2_000_000n,
    permutationsPerMs: 2n,
    targetMs: 1500,
    minDeadlineMs: 6000,
  },
  {
    id: 1,
    name: 'integrated',
    gemm: { n: 2048, w: 8192, K: 64, m: 2, defaultT: 64, maxT: T_MAX },
    tree: { d: 10, k: 16 },
    opsPerMs: 36_000_000_000n,
    permutationsPerMs: 1_000n,
    targetMs: 4000,
    minDeadlineMs: 6000,
  },
  {
    id: 2,
    name: 'consumer',
    gemm: { n: 8192, w: 65536, K: 64, m: 2, defaultT: 32, maxT: T_MAX },
    tree: { d: 11, k: 16 },
    opsPerMs: 838_000_000_000n,
    permutationsPerMs: 10_000n,
    targetMs: 4000,
    minDeadlineMs: 6000,
  },
  {
    id: 3,
    name: 'datacentre',
    gemm: { n: 16384, w: 65536, K: 128, m: 2, defaultT: 64, maxT: T_MAX },
    tree: { d: 12, k: 16 },
    opsPerMs: 4_500_000_000_000n,
    permutationsPerMs: 20_000n,
    targetMs: 4000,
    minDeadlineMs: 6000,
  },
];

/**
 * Class by its number in NodeRegistry.
 * @throws ProtocolError when there is none
 */
export function hardwareClass(id: number): HardwareClass {
  const found = HARDWARE_CLASSES.find((entry) => entry.id === id);
  if (!found) throw new ProtocolError(`no hardware class ${id}`);
  return found;
}

/** int8 operations of a whole gemm chain: 2n²wT. */
export function gemmOps({ n, w, T }: Pick<TaskParams, 'n' | 'w' | 'T'>): bigint {
  return 2n * BigInt(n) ** 2n * BigInt(w) * BigInt(T);
}

/** Poseidon permutations of a whole tree: 4^d leaves and the inner nodes above them. */
export function treePermutations(d: number): bigint {
  const leaves = 4n ** BigInt(d);
  return leaves + (leaves - 1n) / 3n;
}

/**
 * T of a node's next gemm task: the class's default at first, then
 * `clamp(⌊targetMs·lastOpsPerMs / (2n²w)⌋, 2, maxT)` (section 3; targetMs 4000 and maxT 4096 but for the development
 * class).
 * @param lastOpsPerMs rate of the node's last accepted gemm task, or null
 */
export function nextT(hardware: HardwareClass, lastOpsPerMs: bigint | null): number {
  if (lastOpsPerMs === null) return hardware.gemm.defaultT;
  const { n, w } = hardware.gemm;
  const T = (BigInt(hardware.targetMs) * lastOpsPerMs) / gemmOps({ n, w, T: 1 });
  return Number(clamp(T, BigInt(T_MIN), BigInt(hardware.gemm.maxT)));
}

/** Parameters of a node's next task. */
export function taskParams(hardware: HardwareClass, task: TaskName, lastOpsPerMs: bigint | null): TaskParams {
  if (task === 'tree') return { task, n: hardware.tree.d, w: 4, T: 0, K: hardware.tree.k, m: 0 };
  const { n, w, K, m } = hardware.gemm;
  return { task, n, w, T: nextT(hardware, lastOpsPerMs), K, m };
}

/**
 * Milliseconds the task should take: at the node's own last rate for gemm, else at the class reference. Rounded up.
 * @param lastOpsPerMs rate of the node's last accepted gemm task, or null
 */
export function expectedMs(hardware: HardwareClass, params: TaskParams, lastOpsPerMs: bigint | null): number {
  if (params.task === 'tree') return ceilDivide(treePermutations(params.n), hardware.permutationsPerMs);
  return ceilDivide(gemmOps(params), lastOpsPerMs && lastOpsPerMs > 0n ? lastOpsPerMs : hardware.opsPerMs);
}

/** Deadline of COMMIT: three times the expected time, never below the class's shortest (section 2). */
export function deadlineMs(hardware: HardwareClass, params: TaskParams, lastOpsPerMs: bigint | null): number {
  return Math.max(hardware.minDeadlineMs, 3 * expectedMs(hardware, params, lastOpsPerMs));
}

/** Rate measured by a gemm task, operations per millisecond, rounded down; elapsed time counts at least 1 ms. */
export function measuredOpsPerMs(params: TaskParams, elapsedMs: number): bigint {
  return gemmOps(params) / elapsed(elapsedMs);
}

/** `min(20000, ⌊10000·2n²wT / (elapsedMs·opsPerMs)⌋)` (section 3). */
export function gemmPerfBps(params: Pick<TaskParams, 'n' | 'w' | 'T'>, elapsedMs: number, opsPerMs: bigint): number {
  return perfBps(gemmOps(params), elapsedMs, opsPerMs);
}

/** The same ratio for the tree task, counted in Poseidon permutations. */
export function treePerfBps(params: Pick<TaskParams, 'n'>, elapsedMs: number, permutationsPerMs: bigint): number {
  return perfBps(treePermutations(params.n), elapsedMs, permutationsPerMs);
}

/** Performance of a task against its class, whichever task it is. */
export function taskPerfBps(hardware: HardwareClass, params: TaskParams, elapsedMs: number): number {
  return params.task === 'tree'
    ? treePerfBps(params, elapsedMs, hardware.permutationsPerMs)
    : gemmPerfBps(params, elapsedMs, hardware.opsPerMs);
}

function perfBps(work: bigint, elapsedMs: number, workPerMs: bigint): number {
  return Number(clamp((BPS * work) / (elapsed(elapsedMs) * workPerMs), 0n, BigInt(MAX_PERF_BPS)));
}

function elapsed(elapsedMs: number): bigint {
  if (!Number.isSafeInteger(elapsedMs) || elapsedMs < 0) throw new ProtocolError(`elapsedMs ${elapsedMs}`);
  return BigInt(Math.max(1, elapsedMs));
}

function ceilDivide(a: bigint, b: bigint): number {
  return Number((a + b - 1n) / b);
}

function clamp(value: bigint, low: bigint, high: bigint): bigint {
  return value < low ? low : value > high ? high : value;
}
