import { SampleStream } from '../../sampling';
import { checkGemmParams, type GemmParams } from './params';

/** One sample: transitions t and (t+1) mod T of column j, m rows of each (protocol section 3). */
export interface GemmSample {
  t: number;
  j: number;
  /** Rows checked in the transition t → t+1. */
  rows: number[];
  /** Rows checked in the transition that follows, cyclically. */
  nextRows: number[];
}

/** Column j of X_t. */
export interface ColumnId {
  t: number;
  j: number;
}

/**
 * The K samples that the coins draw; per sample t, j, m rows of the first and m of the second transition, in this
 * order; duplicates stay.
 * @throws ProtocolError when the sizes break section 3
 */
export function gemmSamples(coins: Uint8Array, params: GemmParams): GemmSample[] {
  checkGemmParams(params);
  const stream = new SampleStream(coins);
  const drawRows = () => Array.from({ length: params.m }, () => stream.below(params.n));
  return Array.from({ length: params.K }, () => {
    const t = stream.below(params.T);
    const j = stream.below(params.w);
    const rows = drawRows();
    const nextRows = drawRows();
    return { t, j, rows, nextRows };
  });
}

/** The transitions of a sample with their rows: t and (t+1) mod T. */
export function sampledTransitions(sample: GemmSample, { T }: GemmParams): { t: number; rows: number[] }[] {
  return [
    { t: sample.t, rows: sample.rows },
    { t: (sample.t + 1) % T, rows: sample.nextRows },
  ];
}

/**
 * Columns that an opening must bring, each once, ordered by t then j. t runs 1..T: the verifier regenerates X_0.
 */
export function neededColumns(samples: readonly GemmSample[], params: GemmParams): ColumnId[] {
  const needed = new Map<number, ColumnId>();
  for (const sample of samples) {
    for (const transition of sampledTransitions(sample, params)) {
      for (const t of [transition.t, transition.t + 1]) {
        if (t > 0) needed.set(t * params.w + sample.j, { t, j: sample.j });
      }
    }
  }
  return [...needed.entries()].sort(([a], [b]) => a - b).map(([, column]) => column);
}
