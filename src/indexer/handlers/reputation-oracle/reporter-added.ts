import { events } from '../../../abi/ReputationOracle';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { termKey } from '../../ids';
import { agree } from '../../rules/checks';
import { stamp } from '../../store/table';

/** A reporter's term begins; an account that reported before starts a new term with a new key. */
export const reporterAdded = handler({
  contract: 'ReputationOracle',
  event: events.ReporterAdded,
  activity: ActivityKind.REPORTER_ADDED,
  rows: ({ reporter }, names, at) => ({
    term: names.terms.new(termKey(reporter, at.id)),
    reporter: names.reporters.ref(reporter),
    account: names.accounts.ref(reporter),
    network: names.network,
  }),
  apply({ slot, keyX, keyY, activeFromEpoch }, rows, at) {
    const term = { slot, keyX, keyY, activeFromEpoch: Number(activeFromEpoch), retiredFromEpoch: null };
    const before = rows.reporter.find();
    if (before?.retiredFromEpoch === null) agree(before, 'retiredFromEpoch', null, 'that its term had ended');
    const reporter = stamp(rows.reporter.editOrCreate(at, term), at);
    Object.assign(reporter, term);
    rows.term.create(at, { ...term, reporter });
    rows.network.edit(at).reporterCount += 1;
    return { account: rows.account.findOrCreate(at) };
  },
});
