import { events } from '../../../abi/ReputationOracle';
import { ActivityKind, EvidenceAnchor } from '../../../model';
import { handler } from '../../handler';
import { epochKey, evidenceKey } from '../../ids';
import { newEpoch } from '../../store/births';

/** A reporter fixed, once, what it measured in an epoch. */
export const evidenceAnchored = handler({
  contract: 'ReputationOracle',
  event: events.EvidenceAnchored,
  load({ epoch, reporter }, rows) {
    rows.epochs.want(epochKey(epoch));
    rows.reporters.want(reporter);
    rows.accounts.want(reporter);
  },
  apply({ epoch, evidenceRoot, measurementsHash, ...event }, at, rows) {
    const reporter = rows.reporters.edit(event.reporter);
    reporter.evidenceCount += 1;
    const row = rows.epochs.editOr(epochKey(epoch), () => newEpoch(epoch, at));
    row.evidenceCount += 1;
    row.block = at.block;
    row.timestamp = at.timestamp;
    rows.evidence.add(
      new EvidenceAnchor({
        id: evidenceKey(epoch, event.reporter),
        epoch: row,
        reporter,
        evidenceRoot,
        measurementsHash,
        txHash: at.txHash,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
    rows.activity(ActivityKind.EVIDENCE_ANCHORED, at, { account: rows.accountRef(event.reporter, at) });
  },
});
