import { events } from '../../../abi/NodeRegistry';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { cleanText } from '../../rules/storable';

/** A node joined: without stake, unrated, without weight. */
export const nodeRegistered = handler({
  contract: 'NodeRegistry',
  event: events.NodeRegistered,
  activity: ActivityKind.NODE_REGISTERED,
  rows: ({ nodeId, operator }, names) => ({
    node: names.nodes.new(nodeKey(nodeId)),
    operator: names.accounts.ref(operator),
    network: names.network,
  }),
  apply(event, rows, at) {
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
    rows.network.edit(at).nodeCount += 1;
    return { node, account: operator };
  },
});
