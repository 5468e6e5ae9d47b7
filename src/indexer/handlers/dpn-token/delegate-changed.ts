import { ZeroAddress } from 'ethers';
import { events } from '../../../abi/DPNToken';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { agree } from '../../rules/checks';

/** An account gave its votes to another (or, with the zero address, to nobody). */
export const delegateChanged = handler({
  contract: 'DPNToken',
  event: events.DelegateChanged,
  activity: ActivityKind.VOTES_DELEGATED,
  rows: ({ delegator }, names, at) => ({
    account: names.accounts.ref(delegator),
    delegation: names.votesDelegations.new(at.id),
  }),
  apply({ fromDelegate: from, toDelegate }, rows, at) {
    const account = rows.account.editOrCreate(at);
    const fromDelegate = from === ZeroAddress ? null : from;
    agree(account, 'votesDelegate', account.votesDelegate, fromDelegate);
    account.votesDelegate = toDelegate === ZeroAddress ? null : toDelegate;
    rows.delegation.create(at, { account, fromDelegate, toDelegate: account.votesDelegate });
    return { account, counterparty: toDelegate };
  },
});
