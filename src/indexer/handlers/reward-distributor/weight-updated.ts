import { events } from '../../../abi/RewardDistributor';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { agree } from '../../rules/checks';
import { checkpoint, settlementDue } from '../../rules/rewards';
import { weighed } from '../../rules/weights';

/** A node's weight in the emission was computed anew. */
export const weightUpdated = handler({
  contract: 'RewardDistributor',
  event: events.WeightUpdated,
  activity: ActivityKind.WEIGHT_UPDATED,
  rows: ({ nodeId }, names, at) => ({
    node: names.nodes.ref(nodeKey(nodeId)),
    classes: names.classes.all(),
    change: names.weightChanges.new(at.id),
    network: names.network,
  }),
  apply({ cappedStake, scoreBps, classWeightBps, weight, totalWeight }, rows, at) {
    const node = rows.node.edit(at);
    const network = rows.network.edit(at);
    const due = weighed(node, network.stakeCap ?? 0n);
    agree(node, 'cappedStake', due.cappedStake, cappedStake);
    agree(node, 'scoreBps', due.scoreBps, scoreBps);
    const hardwareClass = [...rows.classes].find(({ number }) => number === node.hardwareClass);
    agree(node, 'classWeightBps', hardwareClass?.weightBps ?? 0, classWeightBps);
    agree(network, 'totalWeight', network.totalWeight - node.weight + weight, totalWeight);
    checkpoint(network, at.timestamp);
    // Its settlement comes first, unless there is nothing to settle.
    agree(node, 'rewards to settle', settlementDue(node, network.rewardPerWeight)?.amount ?? 0n, 0n);
    node.rewardPerWeightPaid = network.rewardPerWeight;
    node.weight = weight;
    network.totalWeight = totalWeight;
    rows.change.create(at, { node, cappedStake, scoreBps, classWeightBps, weight, totalWeight });
    return { node };
  },
});
