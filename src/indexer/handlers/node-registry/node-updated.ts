import { events } from '../../../abi/NodeRegistry';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { cleanText } from '../../rules/storable';

/** The operator changed what a node offers or who is paid for it. */
export const nodeUpdated = handler({
  contract: 'NodeRegistry',
  event: events.NodeUpdated,
  activity: ActivityKind.NODE_UPDATED,
  rows: ({ nodeId }, names) => ({ node: names.nodes.ref(nodeKey(nodeId)) }),
  apply({ rewardRecipient, devices, region, metadataURI }, rows, at) {
    const node = rows.node.edit(at);
    node.rewardRecipient = rewardRecipient;
    node.devices = devices;
    node.region = cleanText(region);
    node.metadataURI = cleanText(metadataURI);
    return { node, account: node.operator, counterparty: rewardRecipient };
  },
});
