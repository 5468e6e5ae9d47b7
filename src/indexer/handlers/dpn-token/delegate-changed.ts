import { ZeroAddress } from 'ethers';
import { events } from '../../../abi/DPNToken';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';

/** An account gave its votes to another (or, with the zero address, to nobody). */
export const delegateChanged = handler({
  contract: 'DPNToken',
  event: events.DelegateChanged,
  load({ delegator }, rows) {
    rows.accounts.want(delegator);
  },
  apply({ delegator, toDelegate }, at, rows) {
    const account = rows.account(delegator, at);
    account.votesDelegate = toDelegate === ZeroAddress ? null : toDelegate;
    rows.activity(ActivityKind.VOTES_DELEGATED, at, { account, counterparty: toDelegate });
  },
});
