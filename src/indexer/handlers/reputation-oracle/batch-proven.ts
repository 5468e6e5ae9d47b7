import { events } from '../../../abi/ReputationOracle';
import { ActivityKind } from '../../../model';
import { BATCH_SIZE } from '../../../protocol/scoring/words';
import { handler } from '../../handler';
import { batchKey, batchStateKey, epochKey, nodeKey, scoreChangeKey } from '../../ids';
import { agree } from '../../rules/checks';
import { epochEndSeconds } from '../../rules/periods';
import { unpackBatch, wordBytes } from '../../rules/scores';
import { dateOf } from '../../rules/storable';
import { stamp } from '../../store/table';
import { applyScore } from './apply-score';

/** Scores of 60 nodes were proven. Ids not given out have no row; a node that gets one starts from the batch's state. */
export const batchProven = handler({
  contract: 'ReputationOracle',
  event: events.BatchProven,
  activity: ActivityKind.BATCH_PROVEN,
  rows: ({ epoch, batch, prover }, names) => ({
    batch: names.batches.new(batchKey(epoch, batch)),
    state: names.batchStates.ref(batchStateKey(batch)),
    epoch: names.epochs.ref(epochKey(epoch)),
    prover: names.accounts.ref(prover),
    methodologies: names.methodologies.all(),
    nodes: Array.from({ length: BATCH_SIZE }, (_, index) => {
      const nodeId = batch * BATCH_SIZE + index;
      return { node: names.nodes.ref(nodeKey(nodeId)), change: names.scoreChanges.new(scoreChangeKey(nodeId, epoch)) };
    }),
    network: names.network,
    clock: names.clock,
  }),
  apply(event, rows, at) {
    const observedAt = dateOf(event.observedAt);
    const state = stamp(rows.state.editOrCreate(at, { number: event.batch }), at);
    agree(state, 'commitment', state.commitment, event.oldCommitment);
    agree(state, 'observedAt', epochEndSeconds(rows.clock, event.epoch), event.observedAt);
    const epoch = stamp(rows.epoch.editOrCreate(at, { number: Number(event.epoch) }), at);
    epoch.observedAt = observedAt;
    epoch.batchCount += 1;
    const batch = rows.batch.create(at, {
      epoch,
      batch: event.batch,
      prover: event.prover,
      presence: event.presence,
      observedAt,
      oldCommitment: event.oldCommitment,
      newCommitment: event.newCommitment,
      scoreWords: wordBytes(event.scoreWords),
      states: wordBytes(event.states),
      txHash: at.txHash,
    });
    state.epoch = epoch.number;
    state.observedAt = observedAt;
    state.commitment = event.newCommitment;
    state.scoreWords = batch.scoreWords;
    state.states = batch.states;
    state.proofCount += 1;
    const network = rows.network.edit(at);
    const proven = unpackBatch(event.scoreWords, event.states);
    for (const [index, { node, change }] of rows.nodes.entries()) {
      if (node.find() === undefined) break;
      batch.nodeCount += 1;
      const score = proven[index];
      if (
        score &&
        applyScore({ network, node: node.edit(at), change, batch, epoch, methodologies: rows.methodologies }, score, at)
      ) {
        epoch.changedNodeCount += 1;
      }
    }

    network.batchCount += 1;
    if (network.lastProvenEpoch == null || epoch.number > network.lastProvenEpoch) {
      network.lastProvenEpoch = epoch.number;
      network.lastProvenAt = observedAt;
    }
    return { account: rows.prover.findOrCreate(at) };
  },
});
