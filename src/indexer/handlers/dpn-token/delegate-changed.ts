import { ZeroAddress } from 'ethers';
import { events } from '../../../abi/DPNToken';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';

/** An account gave its votes to another (or, with the zero address, to nobody). */
export const delegateChanged = handler({
  contract: 'DPNToken',
  event: events.DelegateChanged,
  activity: ActivityKind.VOTES_DELEGATED,
  rows: ({ delegator }, names) => ({ account: names.accounts.ref(delegator) }),
  apply({ toDelegate }, rows, at) {
    const account = rows.account.editOrCreate(at);
    account.votesDelegate = toDelegate === ZeroAddress ? null : toDelegate;
    return { account, counterparty: toDelegate };
  },
});
