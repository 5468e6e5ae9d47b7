import { events } from '../../../abi/JobMarket';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';

/** The market takes another fee, or pays it elsewhere, for jobs posted from now on. */
export const feeSet = handler({
  contract: 'JobMarket',
  event: events.FeeSet,
  activity: ActivityKind.FEE_SET,
  rows: (_, names, at) => ({ network: names.network, change: names.feeChanges.new(at.id) }),
  apply({ feeBps, treasury }, rows, at) {
    const network = rows.network.edit(at);
    network.jobFeeBps = feeBps;
    network.treasury = treasury;
    rows.change.create(at, { feeBps, treasury });
    return { counterparty: treasury };
  },
});
