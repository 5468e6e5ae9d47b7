import { events } from '../../../abi/ReputationOracle';
import { ActivityKind, Methodology } from '../../../model';
import { handler } from '../../handler';
import { epochKey } from '../../ids';

/** Another methodology holds from an epoch on; one set later for the same epoch replaces it. */
export const methodologySet = handler({
  contract: 'ReputationOracle',
  event: events.MethodologySet,
  load({ fromEpoch }, rows) {
    rows.methodologies.want(epochKey(fromEpoch));
  },
  apply({ fromEpoch, ...methodology }, at, rows) {
    const id = epochKey(fromEpoch);
    const row = rows.methodologies.editOr(id, () => new Methodology({ id, fromEpoch: Number(fromEpoch) }));
    row.methodologyHash = methodology.methodologyHash;
    row.lambda = methodology.lambda;
    row.eta = methodology.eta;
    row.failWeight = methodology.failWeight;
    row.priorWeight = methodology.priorWeight;
    row.quorum = methodology.quorum;
    row.maxIdle = methodology.maxIdle;
    row.establishedAt = methodology.establishedAt;
    row.block = at.block;
    row.timestamp = at.timestamp;
    rows.activity(ActivityKind.METHODOLOGY_SET, at, {});
  },
});
