import { events } from '../../../abi/RewardDistributor';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';

/** Stake counts up to another cap; nodes follow at their next sync. */
export const stakeCapSet = handler({
  contract: 'RewardDistributor',
  event: events.StakeCapSet,
  activity: ActivityKind.STAKE_CAP_SET,
  rows: (_, { network }) => ({ network }),
  apply({ stakeCap }, rows, at) {
    rows.network.edit(at).stakeCap = stakeCap;
    return { amount: stakeCap };
  },
});
