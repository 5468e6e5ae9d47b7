import { events } from '../../../abi/AccessManager';
import { GovernanceEventKind } from '../../../model';
import { handler } from '../../handler';

/** A scheduled call will not be made. */
export const operationCanceled = handler({
  contract: 'AccessManager',
  event: events.OperationCanceled,
  activity: null,
  rows: (_, names, at) => ({ event: names.governanceEvents.new(at.id) }),
  apply({ operationId, nonce }, rows, at) {
    rows.event.create(at, {
      kind: GovernanceEventKind.OPERATION_CANCELED,
      contract: 'AccessManager',
      txHash: at.txHash,
      operationId,
      nonce: BigInt(nonce),
    });
  },
});
