import { events } from '../../../abi/NodeRegistry';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { cleanText } from '../../rules/storable';

/** The operator changed what a node offers or who is paid for it. */
export const nodeUpdated = handler({
  contract: 'NodeRegistry',
  event: events.NodeUpdated,
  load({ nodeId }, rows) {
    rows.nodes.want(nodeKey(nodeId));
  },
  apply({ nodeId, rewardRecipient, devices, region, metadataURI }, at, rows) {
    const node = rows.nodes.edit(nodeKey(nodeId));
    node.rewardRecipient = rewardRecipient;
    node.devices = devices;
    node.region = cleanText(region);
    node.metadataURI = cleanText(metadataURI);
    rows.activity(ActivityKind.NODE_UPDATED, at, { node, counterparty: rewardRecipient });
  },
});
