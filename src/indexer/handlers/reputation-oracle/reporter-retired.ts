import { events } from '../../../abi/ReputationOracle';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { termPrefix } from '../../ids';
import { agree, oneLess } from '../../rules/checks';
import { stamp } from '../../store/table';

/** A reporter's term ends with the running epoch. */
export const reporterRetired = handler({
  contract: 'ReputationOracle',
  event: events.ReporterRetired,
  activity: ActivityKind.REPORTER_RETIRED,
  rows: ({ reporter }, names) => ({
    reporter: names.reporters.ref(reporter),
    terms: names.terms.all(),
    termOf: names.terms.ref.bind(names.terms),
    account: names.accounts.ref(reporter),
    network: names.network,
  }),
  apply({ slot, ...event }, rows, at) {
    const reporter = stamp(rows.reporter.edit(at), at);
    agree(reporter, 'slot', reporter.slot, slot);
    agree(reporter, 'retiredFromEpoch', reporter.retiredFromEpoch, null);
    const retiredFromEpoch = Number(event.retiredFromEpoch);
    reporter.retiredFromEpoch = retiredFromEpoch;
    for (const { id, ...term } of rows.terms) {
      if (!id.startsWith(termPrefix(reporter.id)) || term.retiredFromEpoch !== null) continue;
      rows.termOf(id).edit(at).retiredFromEpoch = retiredFromEpoch;
    }
    const network = rows.network.edit(at);
    network.reporterCount = oneLess(network, 'reporterCount', network.reporterCount);
    return { account: rows.account.findOrCreate(at) };
  },
});
