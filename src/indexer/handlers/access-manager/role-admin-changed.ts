import { events } from '../../../abi/AccessManager';
import { GovernanceEventKind } from '../../../model';
import { handler } from '../../handler';

/** Members of another role grant and revoke this one. */
export const roleAdminChanged = handler({
  contract: 'AccessManager',
  event: events.RoleAdminChanged,
  activity: null,
  rows: (_, names, at) => ({ event: names.governanceEvents.new(at.id) }),
  apply({ roleId, admin }, rows, at) {
    rows.event.create(at, {
      kind: GovernanceEventKind.ROLE_ADMIN_CHANGED,
      contract: 'AccessManager',
      txHash: at.txHash,
      role: roleId,
      byRole: admin,
    });
  },
});
