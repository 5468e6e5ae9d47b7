import { events } from '../../../abi/ReputationOracle';
import { ActivityKind, OracleBatch } from '../../../model';
import { BATCH_SIZE } from '../../../protocol/scoring/words';
import { handler } from '../../handler';
import { batchKey, epochKey, nodeKey } from '../../ids';
import { unpackBatch, wordBytes } from '../../rules/scores';
import { dateOf } from '../../rules/storable';
import { applyScore } from '../../scoring';
import { newEpoch } from '../../store/births';

/** Scores of 60 nodes were proven. Ids not given out yet have zero words and no row. */
export const batchProven = handler({
  contract: 'ReputationOracle',
  event: events.BatchProven,
  load({ epoch, batch, prover }, rows) {
    rows.epochs.want(epochKey(epoch));
    rows.accounts.want(prover);
    rows.methodologies.wantAll();
    for (let index = 0; index < BATCH_SIZE; index++) rows.nodes.want(nodeKey(batch * BATCH_SIZE + index));
  },
  apply(event, at, rows) {
    const observedAt = dateOf(event.observedAt);
    const epoch = rows.epochs.editOr(epochKey(event.epoch), () => newEpoch(event.epoch, at));
    const batch = rows.batches.add(
      new OracleBatch({
        id: batchKey(event.epoch, event.batch),
        epoch,
        batch: event.batch,
        prover: event.prover,
        presence: event.presence,
        observedAt,
        oldCommitment: event.oldCommitment,
        newCommitment: event.newCommitment,
        scoreWords: wordBytes(event.scoreWords),
        states: wordBytes(event.states),
        nodeCount: 0,
        txHash: at.txHash,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
    for (const [index, proven] of unpackBatch(event.scoreWords, event.states).entries()) {
      const id = nodeKey(event.batch * BATCH_SIZE + index);
      if (!rows.nodes.find(id)) break;
      batch.nodeCount += 1;
      if (applyScore(rows, { node: rows.nodes.edit(id), batch, epoch: event.epoch, proven }, at)) {
        epoch.changedNodeCount += 1;
      }
    }
    epoch.observedAt = observedAt;
    epoch.batchCount += 1;
    epoch.block = at.block;
    epoch.timestamp = at.timestamp;

    const network = rows.network(at);
    network.batchCount += 1;
    if (network.lastProvenEpoch == null || epoch.number > network.lastProvenEpoch) {
      network.lastProvenEpoch = epoch.number;
      network.lastProvenAt = observedAt;
    }
    rows.activity(ActivityKind.BATCH_PROVEN, at, { account: rows.accountRef(event.prover, at) });
  },
});
