import { events } from '../../../abi/AccessManager';
import { GovernanceEventKind } from '../../../model';
import { handler } from '../../handler';
import { cleanText } from '../../rules/storable';

/** A role got a name. */
export const roleLabel = handler({
  contract: 'AccessManager',
  event: events.RoleLabel,
  activity: null,
  rows: (_, names, at) => ({ event: names.governanceEvents.new(at.id) }),
  apply({ roleId, label }, rows, at) {
    rows.event.create(at, {
      kind: GovernanceEventKind.ROLE_LABEL,
      contract: 'AccessManager',
      txHash: at.txHash,
      role: roleId,
      label: cleanText(label),
    });
  },
});
