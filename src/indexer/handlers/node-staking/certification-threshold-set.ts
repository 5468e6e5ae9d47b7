import { events } from '../../../abi/NodeStaking';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';

/** Certification asks for another self-stake; nodes are re-evaluated by events of their own. */
export const certificationThresholdSet = handler({
  contract: 'NodeStaking',
  event: events.CertificationThresholdSet,
  activity: ActivityKind.CERTIFICATION_THRESHOLD_SET,
  rows: (_, { network }) => ({ network }),
  apply({ threshold }, rows, at) {
    rows.network.edit(at).certificationThreshold = threshold;
    return { amount: threshold };
  },
});
