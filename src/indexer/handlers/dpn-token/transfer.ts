import { ZeroAddress } from 'ethers';
import { events } from '../../../abi/DPNToken';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { holderChange } from '../../rules/counters';

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

    const move = (row: typeof rows.from, amount: bigint) => {
      if (row === undefined) {
        network.totalSupply -= amount;
        return undefined;
      }
      const account = row.editOrCreate(at);
      const balance = account.balance + amount;
      network.holders += holderChange(account.balance, balance);
      account.balance = balance;
      return account;
    };
    const sender = move(rows.from, -value);
    const receiver = move(rows.to, value);
    if (sender) sender.transferCount += 1;
    if (receiver && receiver !== sender) receiver.transferCount += 1;

    return { account: sender ?? receiver, counterparty: sender && to, amount: value };
  },
});
