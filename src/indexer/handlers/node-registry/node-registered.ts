import { events } from '../../../abi/NodeRegistry';
import { ActivityKind } from '../../../model';
import { BATCH_SIZE } from '../../../protocol/scoring/words';
import { handler } from '../../handler';
import { batchStateKey, nodeKey } from '../../ids';
import { agree } from '../../rules/checks';
import { countScore } from '../../rules/counters';
import { setScore, unpackNode } from '../../rules/scores';
import { cleanText } from '../../rules/storable';

/** A node joined: without stake and weight, with the score that a proof of its batch left for its id, usually none. */
export const nodeRegistered = handler({
  contract: 'NodeRegistry',
  event: events.NodeRegistered,
  activity: ActivityKind.NODE_REGISTERED,
  rows: ({ nodeId, operator }, names) => ({
    node: names.nodes.new(nodeKey(nodeId)),
    operator: names.accounts.ref(operator),
    batch: names.batchStates.ref(batchStateKey(Math.floor(nodeId / BATCH_SIZE))),
    network: names.network,
  }),
  apply(event, rows, at) {
    const network = rows.network.edit(at);
    agree(network, 'nodeCount', network.nodeCount, event.nodeId);
    const operator = rows.operator.findOrCreate(at);
    const node = rows.node.create(at, {
      nodeId: event.nodeId,
      operator,
      workerKey: event.workerKey,
      rewardRecipient: event.rewardRecipient,
      hardwareClass: event.hardwareClass,
      devices: event.devices,
      region: cleanText(event.region),
      metadataURI: cleanText(event.metadataURI),
    });
    network.nodeCount += 1;
    const batch = rows.batch.find();
    if (batch) setScore(node, unpackNode(batch, event.nodeId), batch);
    countScore(network, node, 1);
    return { node, account: operator };
  },
});
