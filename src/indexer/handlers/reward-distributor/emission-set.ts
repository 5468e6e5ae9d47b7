import { events } from '../../../abi/RewardDistributor';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { dateOf } from '../../rules/storable';

/** The emission was funded, or prolonged by what had waited while no node had weight. */
export const emissionSet = handler({
  contract: 'RewardDistributor',
  event: events.EmissionSet,
  activity: ActivityKind.EMISSION_SET,
  rows: (_, { network }) => ({ network }),
  apply({ ratePerSecond, endsAt, funded, undistributed }, rows, at) {
    const network = rows.network.edit(at);
    network.emissionRate = ratePerSecond;
    network.emissionEndsAt = dateOf(endsAt);
    network.emissionFunded = funded;
    network.emissionUndistributed = undistributed;
    return {};
  },
});
