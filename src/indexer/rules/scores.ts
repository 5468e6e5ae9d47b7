import { type NodeState, ONE, unpackStates } from '../../protocol/scoring/state';
import { type Score, unpackScores } from '../../protocol/scoring/words';

/** What the oracle contract holds about one node after a proof (protocol section 8). */
export type ProvenNode = Score & NodeState;

/**
 * Unpacks the nodes of a batch, in order of their nodeId.
 * @throws RangeError for words that no proof can give
 */
export function unpackBatch(scoreWords: readonly bigint[], states: readonly bigint[]): ProvenNode[] {
  const unpacked = unpackStates(states);
  return unpackScores(scoreWords).map((score, index) => ({ ...score, ...(unpacked[index] as NodeState) }));
}

/**
 * What the quorum said about a node, read from its states: only a vote sets idle to 0, and a pass adds 1.0 to the
 * decayed alpha, `α' = ⌊α·λ/2^16⌋ + 2^16` (protocol section 8, rule 3).
 * @param lambda decay of the epoch's methodology, 16.16 fixed point
 */
export function outcomeOf(
  before: Pick<NodeState, 'alpha'>,
  after: Pick<NodeState, 'alpha' | 'idle'>,
  lambda: bigint,
): 'NONE' | 'PASS' | 'FAIL' {
  if (after.idle !== 0n) return 'NONE';
  return after.alpha === ((before.alpha * lambda) >> 16n) + ONE ? 'PASS' : 'FAIL';
}

/** Words as the event holds them, 32 bytes each, big-endian. */
export function wordBytes(words: readonly bigint[]): Uint8Array {
  return Buffer.from(words.map((word) => word.toString(16).padStart(64, '0')).join(''), 'hex');
}
