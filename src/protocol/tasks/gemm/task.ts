import type { ClassName } from '../../classes';
import type { Task } from '../task';
import { gemmOpeningBytes } from './opening';
import { checkGemmParams, type GemmParams, T_MAX, T_MIN } from './params';

interface GemmClass extends Omit<GemmParams, 'T'> {
  /** T of a device's first task. */
  defaultT: number;
  maxT: number;
  /** Operations per millisecond of the class's fastest card; multiply and add count as two (protocol section 3). */
  opsPerMs: bigint;
  /** How long a run should take: 4000 by the protocol; less in the development class, whose nodes share a CPU. */
  targetMs: number;
}

/**
 * References of the GPU classes are published dense int8 peaks (Apple M4 Max, RTX 5090, B200), which no card reaches in
 * full. The development class is a CPU shared by many nodes: one thread of a two-core server does 40 to 60 million
 * operations per millisecond alone; the reference is a twentieth of the least, so that eight nodes, a prover and
 * everything else on that machine still reach it. Its T stays so small that a node at 40 % of the reference is in time
 * even when its last run, measured on an idle machine, promised much more.
 */
const CLASSES: Readonly<Record<ClassName, GemmClass>> = {
  development: { n: 512, w: 512, K: 64, m: 2, defaultT: 8, maxT: 16, opsPerMs: 2_000_000n, targetMs: 1500 },
  integrated: { n: 2048, w: 8192, K: 64, m: 2, defaultT: 64, maxT: T_MAX, opsPerMs: 36_000_000_000n, targetMs: 4000 },
  consumer: { n: 8192, w: 65536, K: 64, m: 2, defaultT: 32, maxT: T_MAX, opsPerMs: 838_000_000_000n, targetMs: 4000 },
  datacentre: {
    ...{ n: 16384, w: 65536, K: 128, m: 2 },
    ...{ defaultT: 64, maxT: T_MAX, opsPerMs: 4_500_000_000_000n, targetMs: 4000 },
  },
};

/**
 * Task `gemm` (protocol section 3): A is n×n, X is n×w, T layers, K samples, m rows of each of a sample's two layers.
 */
export const gemm: Task = {
  id: 1,
  share: 3,

  /** T = clamp(⌊targetMs·lastRate / (2n²w)⌋, 2, maxT), the class's default at first. */
  sizes: ({ name }, lastRate) => {
    const { n, w, K, m, defaultT, maxT, targetMs } = CLASSES[name];
    if (lastRate === null) return { n, w, T: defaultT, K, m };
    const fitting = (BigInt(targetMs) * lastRate) / gemmOps({ n, w, T: 1 });
    return { n, w, T: Math.min(maxT, Math.max(T_MIN, Number(fitting))), K, m };
  },
  check: checkGemmParams,
  work: gemmOps,
  referenceRate: ({ name }) => CLASSES[name].opsPerMs,
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

/** int8 operations of a whole run: 2n²wT. */
function gemmOps({ n, w, T }: Pick<GemmParams, 'n' | 'w' | 'T'>): bigint {
  return 2n * BigInt(n) ** 2n * BigInt(w) * BigInt(T);
}
