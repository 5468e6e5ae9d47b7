import { events } from '../../../abi/AccessManager';
import { GovernanceEventKind } from '../../../model';
import { handler } from '../../handler';

/** Members of another role can cancel what this one scheduled. */
export const roleGuardianChanged = handler({
  contract: 'AccessManager',
  event: events.RoleGuardianChanged,
  activity: null,
  rows: (_, names, at) => ({ event: names.governanceEvents.new(at.id) }),
  apply({ roleId, guardian }, rows, at) {
    rows.event.create(at, {
      kind: GovernanceEventKind.ROLE_GUARDIAN_CHANGED,
      contract: 'AccessManager',
      txHash: at.txHash,
      role: roleId,
      byRole: guardian,
    });
  },
});
