import {
  type GpuNode,
  type Methodology,
  type OracleBatch,
  type OracleEpoch,
  type ScoreChange,
  ScoreOutcome,
  ScoreStatus,
} from '../../../model';
import { SCORE_STATUSES } from '../../../protocol/scoring/words';
import { outcomeOf, type ProvenNode } from '../../rules/scores';
import type { EventPlace } from '../../source/types';
import type { Born, NewRow } from '../../store/table';

/** Statuses by their number in the contract's words. */
const STATUSES = SCORE_STATUSES.map((name) => ScoreStatus[name.toUpperCase() as Uppercase<typeof name>]);

/** The rows behind one node's score. */
interface ScoreRows {
  node: GpuNode;
  change: NewRow<ScoreChange, [Born<ScoreChange>]>;
  batch: OracleBatch;
  epoch: OracleEpoch;
  methodologies: Iterable<Methodology>;
}

/**
 * Writes what a batch proved about one node: the node's current score, and a row of history unless nothing but its
 * idle count moved.
 * @returns whether there was something for the history
 */
export function applyScore(rows: ScoreRows, proven: ProvenNode, at: EventPlace): boolean {
  const { node, batch, epoch } = rows;
  const status = STATUSES[proven.status];
  if (status === undefined) throw new Error(`score status ${proven.status} of node ${node.nodeId} is unknown`);
  const changed =
    node.scoreBps !== proven.scoreBps ||
    node.scoreStatus !== status ||
    node.alpha !== proven.alpha ||
    node.beta !== proven.beta ||
    node.perf !== proven.perf;
  if (changed) {
    rows.change.create(at, {
      node,
      batch,
      epoch: epoch.number,
      outcome: ScoreOutcome[outcomeOf(node, proven, lambdaAt(rows.methodologies, epoch.number))],
      previousScoreBps: node.scoreBps,
      scoreBps: proven.scoreBps,
      previousStatus: node.scoreStatus,
      status,
      alpha: proven.alpha,
      beta: proven.beta,
      perf: proven.perf,
      idle: Number(proven.idle),
      observedAt: batch.observedAt,
    });
  }
  node.scoreBps = proven.scoreBps;
  node.scoreStatus = status;
  node.alpha = proven.alpha;
  node.beta = proven.beta;
  node.perf = proven.perf;
  node.idle = Number(proven.idle);
  node.scoreUpdatedAt = batch.observedAt;
  node.scoreEpoch = epoch.number;
  return changed;
}

/** Lambda of the newest methodology that holds for the epoch. */
function lambdaAt(methodologies: Iterable<Methodology>, epoch: number): bigint {
  let found: { fromEpoch: number; lambda: number } | undefined;
  for (const row of methodologies) {
    if (row.fromEpoch <= epoch && row.fromEpoch > (found?.fromEpoch ?? -1)) found = row;
  }
  if (found === undefined) throw new Error(`no methodology holds for epoch ${epoch}`);
  return BigInt(found.lambda);
}
