import { CONTRACT_NAMES, CONTRACTS, isCalled } from '../../chain/contracts';
import { HANDLERS } from '.';
import { LEFT_OUT } from './left-out';

const events = CONTRACT_NAMES.filter(isCalled).flatMap((contract) => {
  const abi = CONTRACTS[contract];
  const generated: Record<string, { topic: string }> = 'events' in abi ? abi.events : {};
  return Object.entries(generated).map(([event, { topic }]) => ({
    contract,
    name: `${contract}.${event}`,
    topic,
  }));
});

describe('events of the contracts', () => {
  it.each(events)('$name has one handler, or a reason to be left out', ({ contract, name, topic }) => {
    const handled = HANDLERS.filter((handler) => handler.contract === contract && handler.topic === topic);
    const reasons: Readonly<Record<string, string | undefined>> = LEFT_OUT;
    expect(handled.length).toBe(reasons[name] === undefined ? 1 : 0);
  });

  it('handles and leaves out only events of the contracts', () => {
    const names = events.map(({ name }) => name);
    for (const name of Object.keys(LEFT_OUT)) expect(names).toContain(name);
    for (const { name } of HANDLERS) expect(names).toContain(name.slice(0, name.indexOf('(')));
  });
});
