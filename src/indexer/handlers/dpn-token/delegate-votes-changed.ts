import { events } from '../../../abi/DPNToken';
import { handler } from '../../handler';

/** The votes an account may cast changed. No activity: the transfer or delegation behind it has one already. */
export const delegateVotesChanged = handler({
  contract: 'DPNToken',
  event: events.DelegateVotesChanged,
  activity: null,
  rows: ({ delegate }, names) => ({ account: names.accounts.ref(delegate) }),
  apply({ newVotes }, rows, at) {
    rows.account.editOrCreate(at).votes = newVotes;
  },
});
