import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';

/** An operator bonded stake of its own. */
export const stakeDeposited = handler({
  contract: 'NodeStaking',
  event: events.StakeDeposited,
  activity: ActivityKind.STAKE_DEPOSITED,
  rows: ({ nodeId, operator }, names) => ({
    node: names.nodes.ref(nodeKey(nodeId)),
    operator: names.accounts.ref(operator),
    network: names.network,
  }),
  apply({ amount, selfStake, totalStaked }, rows, at) {
    const node = rows.node.edit();
    node.selfStake = selfStake;
    rows.network.edit(at).totalStaked = totalStaked;
    return { node, account: rows.operator.findOrCreate(at), amount };
  },
});
