import { type GpuNode, ScoreStatus } from '../../model';
import { type NodeState, ONE, unpackStates } from '../../protocol/scoring/state';
import { BATCH_SIZE, SCORE_STATUSES, type Score, unpackScores } from '../../protocol/scoring/words';

/** What the oracle contract holds about one node after a proof (protocol section 8). */
export type ProvenNode = Score & NodeState;

/** Commitment that the first proof of a batch starts from: that of 60 states of zeros (protocol section 8). */
export const EMPTY_STATE_COMMITMENT = 15951030291110775205496443111633034752064055999537480273660492679879378356448n;

/**
 * Unpacks the nodes of a batch, in order of their nodeId.
 * @throws RangeError for words that no proof can give
 */
export function unpackBatch(scoreWords: readonly bigint[], states: readonly bigint[]): ProvenNode[] {
  const unpacked = unpackStates(states);
  return unpackScores(scoreWords).map((score, index) => ({ ...score, ...(unpacked[index] as NodeState) }));
}

/** What a batch's words say about one of its nodes. */
export function unpackNode(batch: { scoreWords: Uint8Array; states: Uint8Array }, nodeId: number): ProvenNode {
  return unpackBatch(wordsOf(batch.scoreWords), wordsOf(batch.states))[nodeId % BATCH_SIZE] as ProvenNode;
}

/** Statuses by their number in the contract's words. */
const STATUSES = SCORE_STATUSES.map((name) => ScoreStatus[name.toUpperCase() as Uppercase<typeof name>]);

/** The status of a score as the index names it. */
export function statusOf({ status }: Score): ScoreStatus {
  return STATUSES[status] as ScoreStatus;
}

/** Gives a node the score that was proven. */
export function setScore(
  node: GpuNode,
  proven: ProvenNode,
  { observedAt, epoch }: { observedAt: Date; epoch: number },
): void {
  node.scoreBps = proven.scoreBps;
  node.scoreStatus = statusOf(proven);
  node.alpha = proven.alpha;
  node.beta = proven.beta;
  node.perf = proven.perf;
  node.idle = Number(proven.idle);
  node.scoreUpdatedAt = observedAt;
  node.scoreEpoch = epoch;
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

/** The words behind `wordBytes`. */
export function wordsOf(bytes: Uint8Array): bigint[] {
  const hex = Buffer.from(bytes).toString('hex');
  return Array.from({ length: hex.length / 64 }, (_, index) => BigInt(`0x${hex.slice(64 * index, 64 * (index + 1))}`));
}
