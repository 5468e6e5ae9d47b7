import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';

/** An operator bonded stake of its own. */
export const stakeDeposited = handler({
  contract: 'NodeStaking',
  event: events.StakeDeposited,
  load({ nodeId, operator }, rows) {
    rows.nodes.want(nodeKey(nodeId));
    rows.accounts.want(operator);
  },
  apply({ nodeId, operator, amount, selfStake, totalStaked }, at, rows) {
    const node = rows.nodes.edit(nodeKey(nodeId));
    node.selfStake = selfStake;
    rows.network(at).totalStaked = totalStaked;
    rows.activity(ActivityKind.STAKE_DEPOSITED, at, { node, account: rows.accountRef(operator, at), amount });
  },
});
