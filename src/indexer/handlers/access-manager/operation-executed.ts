import { events } from '../../../abi/AccessManager';
import { GovernanceEventKind } from '../../../model';
import { handler } from '../../handler';

/** A scheduled call was made. */
export const operationExecuted = handler({
  contract: 'AccessManager',
  event: events.OperationExecuted,
  activity: null,
  rows: (_, names, at) => ({ event: names.governanceEvents.new(at.id) }),
  apply({ operationId, nonce }, rows, at) {
    rows.event.create(at, {
      kind: GovernanceEventKind.OPERATION_EXECUTED,
      contract: 'AccessManager',
      txHash: at.txHash,
      operationId,
      nonce: BigInt(nonce),
    });
  },
});
