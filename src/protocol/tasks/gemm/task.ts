import type { ClassName, HardwareClass } from '../../classes';
import type { ReferenceSource, Task } from '../task';
import { gemmOpeningBytes } from './opening';
import { checkGemmParams, type GemmParams, T_MAX, T_MIN } from './params';

interface GemmClass extends Omit<GemmParams, 'T'> {
  /** T of a device's first task. */
  defaultT: number;
  /** Operations per millisecond of the class's fastest card; multiply and add count as two (protocol section 3). */
  opsPerMs: bigint;
  reference: ReferenceSource;
  /** A backend of this repository has kernels for these sizes on the class's hardware. */
  hasKernels: boolean;
  /** How long a run should take: 4000 by the protocol; less in the development class, whose nodes share a CPU. */
  targetMs: number;
}

/**
 * References of the GPU classes are published dense int8 peaks (Apple M4 Max, RTX 5090, B200), which no card reaches in
 * full. The development class is a CPU shared by many nodes: one thread of a two-core server does 40 to 60 million
 * operations per millisecond alone; the reference is a twentieth of the least, so that eight nodes, a prover and
 * everything else on that machine still reach it.
 */
const CLASSES: Readonly<Record<ClassName, GemmClass>> = {
  development: {
    ...{ n: 512, w: 512, K: 64, m: 2, defaultT: 8, targetMs: 1500 },
    ...{ opsPerMs: 2_000_000n, reference: 'chosen', hasKernels: true },
  },
  integrated: {
    ...{ n: 2048, w: 8192, K: 64, m: 2, defaultT: 64, targetMs: 4000 },
    ...{ opsPerMs: 36_000_000_000n, reference: 'published', hasKernels: false },
  },
  consumer: {
    ...{ n: 8192, w: 65536, K: 64, m: 2, defaultT: 32, targetMs: 4000 },
    ...{ opsPerMs: 838_000_000_000n, reference: 'published', hasKernels: false },
  },
  datacentre: {
    ...{ n: 16384, w: 65536, K: 128, m: 2, defaultT: 64, targetMs: 4000 },
    ...{ opsPerMs: 4_500_000_000_000n, reference: 'published', hasKernels: false },
  },
};

/** The slowest honest node runs at a quarter of the reference rate; it must fit into the commit window. */
const SLOWEST_DIVISOR = 4n;

/**
 * Task `gemm` (protocol section 3): A is n×n, X is n×w, T layers, K samples, m rows of each of a sample's two layers.
 */
export const gemm: Task = {
  id: 1,
  share: 3,

  /** T is at most what a node of a quarter of the reference rate finishes in the class's commit window. */
  bounds: (hardware) => {
    const { n, w, K, m } = CLASSES[hardware.name];
    return { n, w, K, m, minT: T_MIN, maxT: largestT(hardware) };
  },
  /** T = clamp(⌊targetMs·lastRate / (2n²w)⌋, 2, largest T), the class's default at first. */
  sizes: (hardware, lastRate) => {
    const { n, w, K, m, defaultT, targetMs } = CLASSES[hardware.name];
    const fitting = lastRate === null ? defaultT : Number((BigInt(targetMs) * lastRate) / gemmOps({ n, w, T: 1 }));
    return { n, w, T: Math.min(largestT(hardware), Math.max(T_MIN, fitting)), K, m };
  },
  check: checkGemmParams,
  work: gemmOps,
  referenceRate: ({ name }) => CLASSES[name].opsPerMs,
  referenceSource: ({ name }) => CLASSES[name].reference,
  missing: ({ name }) => (CLASSES[name].hasKernels ? null : 'no backend has GPU kernels for gemm'),
  expectedRate: (hardware, lastRate) => lastRate || gemm.referenceRate(hardware),
  preparationMs: () => 0,
  maxOpeningBytes: gemmOpeningBytes,
  hasBackstop: true,
  hasPublicOpening: false,

  workUnit: 'int8 operations',
  sizeWords: {
    n: 'matrix size n',
    w: 'columns w',
    T: 'multiplications T',
    K: 'K',
    m: 'rows m of each sampled multiplication',
  },
};

/** ⌊window · reference / 4 / operations of one transition⌋, at least 2. */
function largestT({ name, commitWindowMs }: HardwareClass): number {
  const { n, w, opsPerMs } = CLASSES[name];
  const fitting = Number((BigInt(commitWindowMs) * opsPerMs) / SLOWEST_DIVISOR / gemmOps({ n, w, T: 1 }));
  return Math.min(T_MAX, Math.max(T_MIN, fitting));
}

/** int8 operations of a whole run: 2n²wT. */
function gemmOps({ n, w, T }: Pick<GemmParams, 'n' | 'w' | 'T'>): bigint {
  return 2n * BigInt(n) ** 2n * BigInt(w) * BigInt(T);
}
