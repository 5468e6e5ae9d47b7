import { events } from '../../../abi/NodeStaking';
import { ActivityKind, StakeChangeKind } from '../../../model';
import { handler } from '../../handler';
import { delegationKey, nodeKey } from '../../ids';
import { agree } from '../../rules/checks';
import { setShares } from '../../rules/counters';
import { setStake } from '../../rules/stakes';
import { stamp } from '../../store/table';

/** An account bought shares of a node's delegated stake. */
export const delegated = handler({
  contract: 'NodeStaking',
  event: events.Delegated,
  activity: ActivityKind.DELEGATED,
  rows: ({ nodeId, delegator }, names, at) => ({
    change: names.stakeChanges.new(at.id),
    node: names.nodes.ref(nodeKey(nodeId)),
    account: names.accounts.ref(delegator),
    delegation: names.delegations.ref(delegationKey(nodeId, delegator)),
    network: names.network,
  }),
  apply(event, rows, at) {
    const node = rows.node.edit(at);
    const account = rows.account.editOrCreate(at);
    const network = rows.network.edit(at);
    const delegation = stamp(rows.delegation.editOrCreate(at, { node, delegator: account }), at);
    const { amount, shares } = event;
    agree(delegation, 'shares', delegation.shares + shares, event.delegatorShares);
    agree(node, 'delegatedStake', node.delegatedStake + amount, event.delegatedStake);
    agree(node, 'totalShares', node.totalShares + shares, event.totalShares);
    agree(network, 'totalStaked', network.totalStaked + amount, event.totalStaked);
    delegation.deposited += amount;
    setShares({ delegation, node, account, network }, event.delegatorShares);

    setStake(node, { delegatedStake: event.delegatedStake });
    node.totalShares = event.totalShares;
    network.totalStaked = event.totalStaked;
    const accountShares = event.delegatorShares;
    rows.change.create(at, { kind: StakeChangeKind.DELEGATED, node, account, amount, shares, accountShares });
    return { node, account, amount };
  },
});
