import { events } from '../../../abi/ReputationOracle';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { epochKey } from '../../ids';
import { stamp } from '../../store/table';

/** Another methodology holds from an epoch on; one set later for the same epoch replaces it. */
export const methodologySet = handler({
  contract: 'ReputationOracle',
  event: events.MethodologySet,
  activity: ActivityKind.METHODOLOGY_SET,
  rows: ({ fromEpoch }, names, at) => ({
    methodology: names.methodologies.ref(epochKey(fromEpoch)),
    change: names.methodologyChanges.new(at.id),
  }),
  apply(event, rows, at) {
    const methodology = {
      fromEpoch: Number(event.fromEpoch),
      methodologyHash: event.methodologyHash,
      lambda: event.lambda,
      eta: event.eta,
      failWeight: event.failWeight,
      priorWeight: event.priorWeight,
      quorum: event.quorum,
      maxIdle: event.maxIdle,
      establishedAt: event.establishedAt,
    };
    Object.assign(stamp(rows.methodology.editOrCreate(at, methodology), at), methodology);
    rows.change.create(at, methodology);
    return {};
  },
});
