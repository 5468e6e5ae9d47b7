import { events } from '../../../abi/JobMarket';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';

/** The market takes another fee, or pays it elsewhere, for jobs posted from now on. */
export const feeSet = handler({
  contract: 'JobMarket',
  event: events.FeeSet,
  load() {},
  apply({ feeBps, treasury }, at, rows) {
    const network = rows.network(at);
    network.jobFeeBps = feeBps;
    network.treasury = treasury;
    rows.activity(ActivityKind.FEE_SET, at, { counterparty: treasury });
  },
});
