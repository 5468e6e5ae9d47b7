import {
  type GpuNode,
  type Methodology,
  type OracleBatch,
  type OracleEpoch,
  type ScoreChange,
  ScoreOutcome,
} from '../../../model';
import { Contradiction } from '../../rules/checks';
import { outcomeOf, type ProvenNode, setScore, statusOf } from '../../rules/scores';
import type { EventPlace } from '../../source/types';
import type { Born, NewRow } from '../../store/table';

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
  const status = statusOf(proven);
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
      passCount: node.passCount,
      failCount: node.failCount,
      observedAt: batch.observedAt,
    });
  }
  setScore(node, proven, { observedAt: batch.observedAt, epoch: epoch.number });
  return changed;
}

/** Lambda of the newest methodology that holds for the epoch. */
function lambdaAt(methodologies: Iterable<Methodology>, epoch: number): bigint {
  let found: { fromEpoch: number; lambda: number } | undefined;
  for (const row of methodologies) {
    if (row.fromEpoch <= epoch && row.fromEpoch > (found?.fromEpoch ?? -1)) found = row;
  }
  if (found === undefined) throw new Contradiction(`Methodology of epoch ${epoch}`, 'none', 'that it has scores');
  return BigInt(found.lambda);
}
