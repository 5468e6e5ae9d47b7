import { events } from '../../../abi/AccessManager';
import { GovernanceEventKind } from '../../../model';
import { handler } from '../../handler';
import { dateOf } from '../../rules/storable';

/** Grants of a role take effect after another delay. */
export const roleGrantDelayChanged = handler({
  contract: 'AccessManager',
  event: events.RoleGrantDelayChanged,
  activity: null,
  rows: (_, names, at) => ({ event: names.governanceEvents.new(at.id) }),
  apply({ roleId, delay, since }, rows, at) {
    rows.event.create(at, {
      kind: GovernanceEventKind.ROLE_GRANT_DELAY_CHANGED,
      contract: 'AccessManager',
      txHash: at.txHash,
      role: roleId,
      delaySeconds: BigInt(delay),
      effectiveAt: dateOf(since),
    });
  },
});
