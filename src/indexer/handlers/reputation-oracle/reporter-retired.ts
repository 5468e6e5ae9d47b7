import { events } from '../../../abi/ReputationOracle';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { stamp } from '../../store/table';

/** A reporter's term ends with the running epoch. */
export const reporterRetired = handler({
  contract: 'ReputationOracle',
  event: events.ReporterRetired,
  activity: ActivityKind.REPORTER_RETIRED,
  rows: ({ reporter }, names) => ({
    reporter: names.reporters.ref(reporter),
    account: names.accounts.ref(reporter),
    network: names.network,
  }),
  apply({ retiredFromEpoch }, rows, at) {
    stamp(rows.reporter.edit(), at).retiredFromEpoch = Number(retiredFromEpoch);
    rows.network.edit(at).reporterCount -= 1;
    return { account: rows.account.findOrCreate(at) };
  },
});
