import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';

/**
 * The distributor failed while stake changed, so rewards were not settled or a weight stayed. Anybody can cause it for
 * a node that does not exist, by asking for its certification to be looked at.
 */
export const rewardSettlementSkipped = handler({
  contract: 'NodeStaking',
  event: events.RewardSettlementSkipped,
  activity: ActivityKind.REWARD_SETTLEMENT_SKIPPED,
  rows: ({ nodeId, account }, names, at) => ({
    skip: names.settlementSkips.new(at.id),
    node: names.nodes.ref(nodeKey(nodeId)),
    account: names.accounts.ref(account),
  }),
  apply({ nodeId }, rows, at) {
    const node = rows.node.find();
    const account = rows.account.findOrCreate(at);
    rows.skip.create(at, { node, namedNodeId: BigInt(nodeId), account, txHash: at.txHash });
    return { node, account };
  },
});
