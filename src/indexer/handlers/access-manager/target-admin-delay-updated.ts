import { events } from '../../../abi/AccessManager';
import { GovernanceEventKind } from '../../../model';
import { handler } from '../../handler';
import { dateOf } from '../../rules/storable';

/** Changes of a contract's rules take effect after another delay. */
export const targetAdminDelayUpdated = handler({
  contract: 'AccessManager',
  event: events.TargetAdminDelayUpdated,
  activity: null,
  rows: (_, names, at) => ({ event: names.governanceEvents.new(at.id) }),
  apply({ target, delay, since }, rows, at) {
    rows.event.create(at, {
      kind: GovernanceEventKind.TARGET_ADMIN_DELAY_UPDATED,
      contract: 'AccessManager',
      txHash: at.txHash,
      target,
      delaySeconds: BigInt(delay),
      effectiveAt: dateOf(since),
    });
  },
});
