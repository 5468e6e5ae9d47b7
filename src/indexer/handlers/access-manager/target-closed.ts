import { events } from '../../../abi/AccessManager';
import { GovernanceEventKind } from '../../../model';
import { handler } from '../../handler';

/** A contract was closed to all restricted calls, or opened again. */
export const targetClosed = handler({
  contract: 'AccessManager',
  event: events.TargetClosed,
  activity: null,
  rows: (_, names, at) => ({ event: names.governanceEvents.new(at.id) }),
  apply({ target, closed }, rows, at) {
    rows.event.create(at, {
      kind: GovernanceEventKind.TARGET_CLOSED,
      contract: 'AccessManager',
      txHash: at.txHash,
      target,
      closed,
    });
  },
});
