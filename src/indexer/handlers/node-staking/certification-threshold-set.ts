import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';

/** Certification asks for another self-stake; nodes are re-evaluated by events of their own. */
export const certificationThresholdSet = handler({
  contract: 'NodeStaking',
  event: events.CertificationThresholdSet,
  load() {},
  apply({ threshold }, at, rows) {
    rows.network(at).certificationThreshold = threshold;
    rows.activity(ActivityKind.CERTIFICATION_THRESHOLD_SET, at, { amount: threshold });
  },
});
