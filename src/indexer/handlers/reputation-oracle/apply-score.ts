import {
  type GpuNode,
  type Methodology,
  type Network,
  type OracleBatch,
  type OracleEpoch,
  type ScoreChange,
  ScoreOutcome,
} from '../../../model';
import { Contradiction } from '../../rules/checks';
import { countScore } from '../../rules/counters';
import { outcomeOf, type ProvenNode, setScore, statusOf } from '../../rules/scores';
import type { EventPlace } from '../../source/types';
import type { Born, NewRow } from '../../store/table';

/** The rows behind one node's score. */
interface ScoreRows {
  network: Network;
  node: GpuNode;
  change: NewRow<ScoreChange, [Born<ScoreChange>]>;
  batch: OracleBatch;
  epoch: OracleEpoch;
  methodologies: Iterable<Methodology>;
}

/**
 * Writes what a batch proved about one node: the node's current score, and a row of history where the quorum gave a
 * verdict or anything but the idle count moved. A verdict may leave a score that is at its fixed point as it was; the
 * rows of passes and failures are whole all the same.
 * @returns whether the state changed
 */
export function applyScore(rows: ScoreRows, proven: ProvenNode, at: EventPlace): boolean {
  const { network, node, batch, epoch } = rows;
  const status = statusOf(proven);
  const hasVerdict = proven.idle === 0n;
  const isChanged =
    node.scoreBps !== proven.scoreBps ||
    node.scoreStatus !== status ||
    node.alpha !== proven.alpha ||
    node.beta !== proven.beta ||
    node.perf !== proven.perf;
  if (hasVerdict || isChanged) {
    const outcome = ScoreOutcome[outcomeOf(node, proven, lambdaAt(rows.methodologies, epoch.number))];
    if (outcome === ScoreOutcome.PASS) node.passCount += 1;
    if (outcome === ScoreOutcome.FAIL) node.failCount += 1;
    rows.change.create(at, {
      node,
      batch,
      epoch: epoch.number,
      outcome,
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
  countScore(network, node, -1);
  setScore(node, proven, { observedAt: batch.observedAt, epoch: epoch.number });
  countScore(network, node, 1);
  return isChanged;
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
