import { events } from '../../../abi/AccessManager';
import { GovernanceEventKind } from '../../../model';
import { handler } from '../../handler';
import { dateOf } from '../../rules/storable';

/** An account became a member of a role, or its delay changed. */
export const roleGranted = handler({
  contract: 'AccessManager',
  event: events.RoleGranted,
  activity: null,
  rows: (_, names, at) => ({ event: names.governanceEvents.new(at.id) }),
  apply({ roleId, account, delay, since, newMember }, rows, at) {
    rows.event.create(at, {
      kind: GovernanceEventKind.ROLE_GRANTED,
      contract: 'AccessManager',
      txHash: at.txHash,
      role: roleId,
      account,
      delaySeconds: BigInt(delay),
      effectiveAt: dateOf(since),
      newMember,
    });
  },
});
