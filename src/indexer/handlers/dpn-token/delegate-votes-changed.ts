import { events } from '../../../abi/DPNToken';
import { handler } from '../../handler';
import { agree } from '../../rules/checks';

/** The votes an account may cast changed. No activity: the transfer or delegation behind it has one already. */
export const delegateVotesChanged = handler({
  contract: 'DPNToken',
  event: events.DelegateVotesChanged,
  activity: null,
  rows: ({ delegate }, names) => ({ account: names.accounts.ref(delegate) }),
  apply({ previousVotes, newVotes }, rows, at) {
    const account = rows.account.editOrCreate(at);
    agree(account, 'votes', account.votes, previousVotes);
    account.votes = newVotes;
  },
});
