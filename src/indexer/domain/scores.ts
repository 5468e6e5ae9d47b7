/** What the oracle contract holds about one node after a proof (protocol section 8). */
export interface ProvenNode {
  /** 0..10000 */
  scoreBps: number;
  /** 0 unrated, 1 provisional, 2 established, 3 failing */
  status: number;
  /** 16.16 fixed point */
  alpha: bigint;
  /** 16.16 fixed point */
  beta: bigint;
  /** Basis points in 16.16 fixed point */
  perf: bigint;
  idle: number;
}

/** Nodes of one batch: 4 words of 15 scores, 30 words of 2 states. */
export const NODES_PER_BATCH = 60;
const SCORES_PER_WORD = 15;
const STATE_BITS = 95n;
const field = (word: bigint, offset: bigint, bits: bigint): bigint => (word >> offset) & ((1n << bits) - 1n);

/**
 * Unpacks one node of a batch.
 * Score words hold 15 scores of 16 bits, node 0 lowest, score in the 14 low bits, status in the 2 high (section 9).
 * State words hold two nodes, the even one lowest: alpha 26, beta 30, perf 31, idle 8 bits (section 8).
 * @param index of the node within the batch, 0..59
 */
export function unpackNode(scoreWords: readonly bigint[], states: readonly bigint[], index: number): ProvenNode {
  const scoreWord = scoreWords[Math.floor(index / SCORES_PER_WORD)];
  const state = states[index >> 1];
  if (scoreWord === undefined || state === undefined) throw new RangeError(`no node ${index} in a batch`);
  const score = Number(field(scoreWord, BigInt(index % SCORES_PER_WORD) * 16n, 16n));
  const base = index % 2 === 0 ? 0n : STATE_BITS;
  return {
    scoreBps: score & 0x3fff,
    status: score >> 14,
    alpha: field(state, base, 26n),
    beta: field(state, base + 26n, 30n),
    perf: field(state, base + 56n, 31n),
    idle: Number(field(state, base + 87n, 8n)),
  };
}

/**
 * What the quorum said about a node, read from its states: only a vote sets idle to 0, and a pass adds 1.0 to the
 * decayed alpha, `α' = ⌊α·λ/2^16⌋ + 2^16` (protocol section 8, rule 3).
 * @param lambda decay of the epoch's methodology, 16.16 fixed point
 */
export function outcomeOf(
  before: Pick<ProvenNode, 'alpha'>,
  after: Pick<ProvenNode, 'alpha' | 'idle'>,
  lambda: bigint,
): 'NONE' | 'PASS' | 'FAIL' {
  if (after.idle !== 0) return 'NONE';
  return after.alpha === ((before.alpha * lambda) >> 16n) + 65536n ? 'PASS' : 'FAIL';
}

/** Words as the event holds them, 32 bytes each, big-endian. */
export function wordBytes(words: readonly bigint[]): Uint8Array {
  return Buffer.from(words.map((word) => word.toString(16).padStart(64, '0')).join(''), 'hex');
}
