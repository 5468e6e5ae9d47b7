import { events } from '../../../abi/AccessManager';
import { GovernanceEventKind } from '../../../model';
import { handler } from '../../handler';

/** An account is no longer member of a role. */
export const roleRevoked = handler({
  contract: 'AccessManager',
  event: events.RoleRevoked,
  activity: null,
  rows: (_, names, at) => ({ event: names.governanceEvents.new(at.id) }),
  apply({ roleId, account }, rows, at) {
    rows.event.create(at, {
      kind: GovernanceEventKind.ROLE_REVOKED,
      contract: 'AccessManager',
      txHash: at.txHash,
      role: roleId,
      account,
    });
  },
});
