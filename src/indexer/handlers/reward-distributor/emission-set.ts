import { events } from '../../../abi/RewardDistributor';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { agree } from '../../rules/checks';
import { checkpoint } from '../../rules/rewards';
import { dateOf } from '../../rules/storable';

/** The emission was funded, or prolonged by what had waited while no node had weight. */
export const emissionSet = handler({
  contract: 'RewardDistributor',
  event: events.EmissionSet,
  activity: ActivityKind.EMISSION_SET,
  rows: (_, names, at) => ({ network: names.network, change: names.emissionChanges.new(at.id) }),
  apply({ ratePerSecond, funded, undistributed, ...event }, rows, at) {
    const network = rows.network.edit(at);
    if (funded < network.emissionFunded) agree(network, 'emissionFunded', network.emissionFunded, funded);
    checkpoint(network, at.timestamp);
    const endsAt = dateOf(event.endsAt);
    network.emissionRate = ratePerSecond;
    network.emissionEndsAt = endsAt;
    network.emissionFunded = funded;
    network.emissionUndistributed = undistributed;
    rows.change.create(at, { emissionRate: ratePerSecond, endsAt, funded, undistributed });
    return {};
  },
});
