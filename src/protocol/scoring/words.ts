import { MAX_PERF_BPS } from '../measurement';

/** Nodes of one batch: consecutive nodeIds starting at 60 · batch (protocol section 8). */
export const BATCH_SIZE = 60;
/** Reporter slots of the circuit. */
export const REPORTERS = 3;
/** Measurement words of a batch: 14 nodes each. */
export const MEASUREMENT_WORDS = 5;
/** Score words of a batch: 15 nodes each. */
export const SCORE_WORDS = 4;

const NODES_PER_WORD = 14;
const NODE_BITS = 17n;
const PERF_BITS = 15n;
const PERF_MASK = (1n << PERF_BITS) - 1n;
const SCORES_PER_WORD = 15;
const SCORE_SLOT_BITS = 16n;
const SCORE_BITS = 14n;
const SCORE_MASK = (1n << SCORE_BITS) - 1n;

/** What one reporter says of one node's epoch. */
export interface Measurement {
  /** 0 none (no vote), 1 fail, 2 pass. */
  status: 0 | 1 | 2;
  /** Performance in basis points of the class reference, 0..20000. */
  perf: number;
}

/** Standings of a score, each at its number on-chain. */
export const SCORE_STATUSES = ['unrated', 'provisional', 'established', 'failing'] as const;

/** A place in SCORE_STATUSES. */
export type ScoreStatus = 0 | 1 | 2 | 3;

/** A node's published score. */
export interface Score {
  scoreBps: number;
  status: ScoreStatus;
}

/** nodeId → batch and place in it. */
export function batchOf(nodeId: number): { batch: number; index: number } {
  return { batch: Math.floor(nodeId / BATCH_SIZE), index: nodeId % BATCH_SIZE };
}

/**
 * Packs the measurements of a batch into its 5 words: 17 bits per node, performance in the 15 low ones, status in
 * the 2 high ones, node 0 lowest.
 * @throws RangeError for a wrong count, an unknown status or a performance above 20000.
 */
export function packMeasurements(measurements: readonly Measurement[]): bigint[] {
  if (measurements.length !== BATCH_SIZE)
    throw new RangeError(`${measurements.length} measurements, not ${BATCH_SIZE}`);
  const words = new Array<bigint>(MEASUREMENT_WORDS).fill(0n);
  measurements.forEach(({ status, perf }, index) => {
    if (![0, 1, 2].includes(status)) throw new RangeError(`node ${index}: status ${status} is not 0, 1 or 2`);
    if (!Number.isInteger(perf) || perf < 0 || perf > MAX_PERF_BPS) {
      throw new RangeError(`node ${index}: performance ${perf} is not in 0..${MAX_PERF_BPS}`);
    }
    const word = Math.floor(index / NODES_PER_WORD);
    const shift = BigInt(index % NODES_PER_WORD) * NODE_BITS;
    words[word]! |= (BigInt(perf) | (BigInt(status) << PERF_BITS)) << shift;
  });
  return words;
}

/**
 * Reads the 5 measurement words of a batch.
 * @throws RangeError for a wrong count, bits beyond the last node or status 3.
 */
export function unpackMeasurements(words: readonly bigint[]): Measurement[] {
  if (words.length !== MEASUREMENT_WORDS) throw new RangeError(`${words.length} words, not ${MEASUREMENT_WORDS}`);
  words.forEach((word, index) => {
    const nodes = Math.min(NODES_PER_WORD, BATCH_SIZE - index * NODES_PER_WORD);
    if (word < 0n || word >> (BigInt(nodes) * NODE_BITS) !== 0n) {
      throw new RangeError(`measurement word ${index} has bits beyond its ${nodes} nodes`);
    }
  });
  return Array.from({ length: BATCH_SIZE }, (_, index) => {
    const shift = BigInt(index % NODES_PER_WORD) * NODE_BITS;
    const bits = words[Math.floor(index / NODES_PER_WORD)]! >> shift;
    const status = Number((bits >> PERF_BITS) & 3n);
    if (status === 3) throw new RangeError(`node ${index}: status 3 does not exist`);
    return { status: status as Measurement['status'], perf: Number(bits & PERF_MASK) };
  });
}

/** Packs 60 scores into 4 words: 16 bits per node, score in the 14 low ones, status in the 2 high, node 0 lowest. */
export function packScores(scores: readonly Score[]): bigint[] {
  if (scores.length !== BATCH_SIZE) throw new RangeError(`${scores.length} scores, not ${BATCH_SIZE}`);
  const words = new Array<bigint>(SCORE_WORDS).fill(0n);
  scores.forEach(({ scoreBps, status }, index) => {
    const shift = BigInt(index % SCORES_PER_WORD) * SCORE_SLOT_BITS;
    words[Math.floor(index / SCORES_PER_WORD)]! |= (BigInt(scoreBps) | (BigInt(status) << SCORE_BITS)) << shift;
  });
  return words;
}

/** Reads the 4 score words of a batch (as stored on-chain and carried by BatchProven). */
export function unpackScores(words: readonly bigint[]): Score[] {
  if (words.length !== SCORE_WORDS) throw new RangeError(`${words.length} words, not ${SCORE_WORDS}`);
  return Array.from({ length: BATCH_SIZE }, (_, index) => {
    const bits = words[Math.floor(index / SCORES_PER_WORD)]! >> (BigInt(index % SCORES_PER_WORD) * SCORE_SLOT_BITS);
    return { scoreBps: Number(bits & SCORE_MASK), status: Number((bits >> SCORE_BITS) & 3n) as ScoreStatus };
  });
}
