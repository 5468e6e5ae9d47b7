import { events } from '../../../abi/ReputationOracle';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { epochKey, evidenceKey } from '../../ids';
import { stamp } from '../../store/table';

/** A reporter fixed, once, what it measured in an epoch. */
export const evidenceAnchored = handler({
  contract: 'ReputationOracle',
  event: events.EvidenceAnchored,
  activity: ActivityKind.EVIDENCE_ANCHORED,
  rows: ({ epoch, reporter }, names) => ({
    evidence: names.evidence.new(evidenceKey(epoch, reporter)),
    epoch: names.epochs.ref(epochKey(epoch)),
    reporter: names.reporters.ref(reporter),
    account: names.accounts.ref(reporter),
  }),
  apply({ evidenceRoot, measurementsHash, ...event }, rows, at) {
    const reporter = rows.reporter.edit(at);
    reporter.evidenceCount += 1;
    const epoch = stamp(rows.epoch.editOrCreate(at, { number: Number(event.epoch) }), at);
    epoch.evidenceCount += 1;
    rows.evidence.create(at, { epoch, reporter, evidenceRoot, measurementsHash, txHash: at.txHash });
    return { account: rows.account.findOrCreate(at) };
  },
});
