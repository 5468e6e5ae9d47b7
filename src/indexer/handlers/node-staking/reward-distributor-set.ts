import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { agree } from '../../rules/checks';

/** The contract that settles rewards before stake changes was named, once and for all. */
export const rewardDistributorSet = handler({
  contract: 'NodeStaking',
  event: events.RewardDistributorSet,
  activity: ActivityKind.REWARD_DISTRIBUTOR_SET,
  rows: (_, { network }) => ({ network }),
  apply({ rewardDistributor }, rows, at) {
    const network = rows.network.edit(at);
    agree(network, 'rewardDistributor', network.rewardDistributor, null);
    network.rewardDistributor = rewardDistributor;
    return { counterparty: rewardDistributor };
  },
});
