import { type GpuNode, type OracleBatch, ScoreChange, ScoreOutcome, ScoreStatus } from '../model';
import { scoreChangeKey } from './ids';
import { outcomeOf, type ProvenNode } from './rules/scores';
import type { EventPlace } from './source/types';
import type { Rows } from './store/rows';

/** Statuses by their number in the contract's words. */
const statuses = [ScoreStatus.UNRATED, ScoreStatus.PROVISIONAL, ScoreStatus.ESTABLISHED, ScoreStatus.FAILING] as const;

/**
 * Writes what a batch proved about one node: the node's current score, and a row of history unless nothing but its
 * idle count moved.
 * @returns whether there was something for the history
 */
export function applyScore(
  rows: Rows,
  { node, batch, epoch, proven }: { node: GpuNode; batch: OracleBatch; epoch: bigint; proven: ProvenNode },
  at: EventPlace,
): boolean {
  const status = statuses[proven.status];
  if (status === undefined) throw new Error(`score status ${proven.status} of node ${node.nodeId} is unknown`);
  const changed =
    node.scoreBps !== proven.scoreBps ||
    node.scoreStatus !== status ||
    node.alpha !== proven.alpha ||
    node.beta !== proven.beta ||
    node.perf !== proven.perf;
  if (changed) {
    rows.scoreChanges.add(
      new ScoreChange({
        id: scoreChangeKey(node.nodeId, epoch),
        node,
        batch,
        epoch: Number(epoch),
        outcome: ScoreOutcome[outcomeOf(node, proven, lambdaAt(rows, epoch))],
        previousScoreBps: node.scoreBps,
        scoreBps: proven.scoreBps,
        previousStatus: node.scoreStatus,
        status,
        alpha: proven.alpha,
        beta: proven.beta,
        perf: proven.perf,
        idle: Number(proven.idle),
        observedAt: batch.observedAt,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
  }
  node.scoreBps = proven.scoreBps;
  node.scoreStatus = status;
  node.alpha = proven.alpha;
  node.beta = proven.beta;
  node.perf = proven.perf;
  node.idle = Number(proven.idle);
  node.scoreUpdatedAt = batch.observedAt;
  node.scoreEpoch = Number(epoch);
  return changed;
}

/** Lambda of the newest methodology that holds for the epoch. */
function lambdaAt(rows: Rows, epoch: bigint): bigint {
  let found: { fromEpoch: number; lambda: number } | undefined;
  for (const row of rows.methodologies.values()) {
    if (row.fromEpoch <= Number(epoch) && row.fromEpoch > (found?.fromEpoch ?? -1)) found = row;
  }
  if (found === undefined) throw new Error(`no methodology holds for epoch ${epoch}`);
  return BigInt(found.lambda);
}
