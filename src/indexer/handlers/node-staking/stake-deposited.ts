import { events } from '../../../abi/NodeStaking';
import { ActivityKind, StakeChangeKind } from '../../../model';
import { handler } from '../../handler';
import { delegationKey, nodeKey } from '../../ids';
import { agree } from '../../rules/checks';
import { setStake } from '../../rules/stakes';

/** An operator bonded stake of its own. */
export const stakeDeposited = handler({
  contract: 'NodeStaking',
  event: events.StakeDeposited,
  activity: ActivityKind.STAKE_DEPOSITED,
  rows: ({ nodeId, operator }, names, at) => ({
    change: names.stakeChanges.new(at.id),
    delegation: names.delegations.ref(delegationKey(nodeId, operator)),
    node: names.nodes.ref(nodeKey(nodeId)),
    operator: names.accounts.ref(operator),
    network: names.network,
  }),
  apply({ amount, selfStake, totalStaked }, rows, at) {
    const node = rows.node.edit(at);
    const network = rows.network.edit(at);
    agree(node, 'selfStake', node.selfStake + amount, selfStake);
    agree(network, 'totalStaked', network.totalStaked + amount, totalStaked);
    setStake(node, { selfStake });
    network.totalStaked = totalStaked;
    const account = rows.operator.findOrCreate(at);
    const accountShares = rows.delegation.find()?.shares ?? 0n;
    rows.change.create(at, { kind: StakeChangeKind.SELF_STAKED, node, account, amount, shares: 0n, accountShares });
    return { node, account, amount };
  },
});
