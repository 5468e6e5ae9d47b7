import { events } from '../../../abi/ReputationOracle';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';

/** A reporter's term ends with the running epoch. */
export const reporterRetired = handler({
  contract: 'ReputationOracle',
  event: events.ReporterRetired,
  load({ reporter }, rows) {
    rows.reporters.want(reporter);
    rows.accounts.want(reporter);
  },
  apply({ reporter, retiredFromEpoch }, at, rows) {
    const row = rows.reporters.edit(reporter);
    row.retiredFromEpoch = Number(retiredFromEpoch);
    row.block = at.block;
    row.timestamp = at.timestamp;
    rows.network(at).reporterCount -= 1;
    rows.activity(ActivityKind.REPORTER_RETIRED, at, { account: rows.accountRef(reporter, at) });
  },
});
