import { ZeroAddress } from 'ethers';
import { events } from '../../../abi/DPNToken';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { less } from '../../rules/checks';
import { setBalance } from '../../rules/counters';

/** DPN moved. The zero address is no holder: from it the supply grows, to it the supply shrinks. */
export const transfer = handler({
  contract: 'DPNToken',
  event: events.Transfer,
  activity: ActivityKind.TRANSFER,
  rows: ({ from, to }, names) => ({
    from: from === ZeroAddress ? undefined : names.accounts.ref(from),
    to: to === ZeroAddress ? undefined : names.accounts.ref(to),
    network: names.network,
  }),
  apply({ to, value }, rows, at) {
    const network = rows.network.edit(at);
    network.transferCount += 1;
    network.transferVolume += value;

    const sender = rows.from?.editOrCreate(at);
    if (sender) setBalance(sender, network, less(sender, 'balance', sender.balance, value));
    else network.totalSupply += value;
    const receiver = rows.to?.editOrCreate(at);
    if (receiver) setBalance(receiver, network, receiver.balance + value);
    else network.totalSupply = less(network, 'totalSupply', network.totalSupply, value);
    if (sender) sender.transferCount += 1;
    if (receiver && receiver !== sender) receiver.transferCount += 1;

    return { account: sender ?? receiver, counterparty: sender && to, amount: value };
  },
});
