import { events } from '../../../abi/ReputationOracle';
import { ActivityKind, Reporter } from '../../../model';
import { handler } from '../../handler';

/** A reporter's term begins; an account that reported before starts a new term with a new key. */
export const reporterAdded = handler({
  contract: 'ReputationOracle',
  event: events.ReporterAdded,
  load({ reporter }, rows) {
    rows.reporters.want(reporter);
    rows.accounts.want(reporter);
  },
  apply({ slot, reporter, keyX, keyY, activeFromEpoch }, at, rows) {
    const row = rows.reporters.editOr(
      reporter,
      () => new Reporter({ id: reporter, roundCount: 0, evidenceCount: 0, retiredFromEpoch: null }),
    );
    row.slot = slot;
    row.keyX = keyX;
    row.keyY = keyY;
    row.activeFromEpoch = Number(activeFromEpoch);
    row.retiredFromEpoch = null;
    row.block = at.block;
    row.timestamp = at.timestamp;
    rows.network(at).reporterCount += 1;
    rows.activity(ActivityKind.REPORTER_ADDED, at, { account: rows.accountRef(reporter, at) });
  },
});
