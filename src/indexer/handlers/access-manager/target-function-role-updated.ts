import { events } from '../../../abi/AccessManager';
import { GovernanceEventKind } from '../../../model';
import { handler } from '../../handler';

/** A function of a contract belongs to another role. */
export const targetFunctionRoleUpdated = handler({
  contract: 'AccessManager',
  event: events.TargetFunctionRoleUpdated,
  activity: null,
  rows: (_, names, at) => ({ event: names.governanceEvents.new(at.id) }),
  apply({ target, selector, roleId }, rows, at) {
    rows.event.create(at, {
      kind: GovernanceEventKind.TARGET_FUNCTION_ROLE_UPDATED,
      contract: 'AccessManager',
      txHash: at.txHash,
      target,
      selector,
      role: roleId,
    });
  },
});
