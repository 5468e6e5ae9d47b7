import { events } from '../../../abi/RewardDistributor';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';

/** Stake counts up to another cap; nodes follow at their next sync. */
export const stakeCapSet = handler({
  contract: 'RewardDistributor',
  event: events.StakeCapSet,
  load() {},
  apply({ stakeCap }, at, rows) {
    rows.network(at).stakeCap = stakeCap;
    rows.activity(ActivityKind.STAKE_CAP_SET, at, { amount: stakeCap });
  },
});
