import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { delegationKey, nodeKey } from '../../ids';
import { setShares } from '../../rules/counters';
import { stamp } from '../../store/table';

/** An account bought shares of a node's delegated stake. */
export const delegated = handler({
  contract: 'NodeStaking',
  event: events.Delegated,
  activity: ActivityKind.DELEGATED,
  rows: ({ nodeId, delegator }, names) => ({
    node: names.nodes.ref(nodeKey(nodeId)),
    account: names.accounts.ref(delegator),
    delegation: names.delegations.ref(delegationKey(nodeId, delegator)),
    network: names.network,
  }),
  apply(event, rows, at) {
    const node = rows.node.edit();
    const account = rows.account.editOrCreate(at);
    const network = rows.network.edit(at);
    const delegation = stamp(rows.delegation.editOrCreate(at, { node, delegator: account }), at);
    delegation.deposited += event.amount;
    setShares({ delegation, node, account, network }, event.delegatorShares);

    node.delegatedStake = event.delegatedStake;
    node.totalShares = event.totalShares;
    network.totalStaked = event.totalStaked;
    return { node, account, amount: event.amount };
  },
});
