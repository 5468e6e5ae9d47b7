import { events } from '../../../abi/DPNToken';
import { handler } from '../../handler';

/** The votes an account may cast changed. No activity: the transfer or delegation behind it has one already. */
export const delegateVotesChanged = handler({
  contract: 'DPNToken',
  event: events.DelegateVotesChanged,
  load({ delegate }, rows) {
    rows.accounts.want(delegate);
  },
  apply({ delegate, newVotes }, at, rows) {
    rows.account(delegate, at).votes = newVotes;
  },
});
