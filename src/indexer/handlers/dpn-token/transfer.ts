import { ZeroAddress } from 'ethers';
import { events } from '../../../abi/DPNToken';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { holderChange } from '../../rules/counters';

/** DPN moved. The zero address is no holder: from it the supply grows, to it the supply shrinks. */
export const transfer = handler({
  contract: 'DPNToken',
  event: events.Transfer,
  load({ from, to }, rows) {
    rows.accounts.want(from);
    rows.accounts.want(to);
  },
  apply({ from, to, value }, at, rows) {
    const network = rows.network(at);
    network.transferCount += 1;
    network.transferVolume += value;

    const move = (address: string, amount: bigint) => {
      if (address === ZeroAddress) {
        network.totalSupply -= amount;
        return undefined;
      }
      const account = rows.account(address, at);
      const balance = account.balance + amount;
      network.holders += holderChange(account.balance, balance);
      account.balance = balance;
      return account;
    };
    const sender = move(from, -value);
    const receiver = move(to, value);
    if (sender) sender.transferCount += 1;
    if (receiver && receiver !== sender) receiver.transferCount += 1;

    rows.activity(ActivityKind.TRANSFER, at, {
      account: sender ?? receiver,
      counterparty: sender && to,
      amount: value,
    });
  },
});
