import { getBytes } from 'ethers';
import { events } from '../../../abi/AccessManager';
import { GovernanceEventKind } from '../../../model';
import { handler } from '../../handler';
import { dateOf } from '../../rules/storable';

/** A delayed call was scheduled. */
export const operationScheduled = handler({
  contract: 'AccessManager',
  event: events.OperationScheduled,
  activity: null,
  rows: (_, names, at) => ({ event: names.governanceEvents.new(at.id) }),
  apply({ operationId, nonce, schedule, caller, target, data }, rows, at) {
    rows.event.create(at, {
      kind: GovernanceEventKind.OPERATION_SCHEDULED,
      contract: 'AccessManager',
      txHash: at.txHash,
      operationId,
      nonce: BigInt(nonce),
      account: caller,
      target,
      selector: data.length >= 10 ? data.slice(0, 10) : null,
      data: getBytes(data),
      effectiveAt: dateOf(schedule),
    });
  },
});
