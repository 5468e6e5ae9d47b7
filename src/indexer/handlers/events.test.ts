import { events as accessManager } from '../../abi/AccessManager';
import { CONTRACT_NAMES, CONTRACTS, type ContractName, isCalled } from '../../chain/contracts';
import { HANDLERS } from '.';
import { LEFT_OUT } from './left-out';

type Events = Record<string, { topic: string }>;

/** Our programs call no AccessManager, so it is not among the called contracts; the index follows it all the same. */
const sources: [ContractName, Events][] = [
  ['AccessManager', accessManager],
  ...CONTRACT_NAMES.filter(isCalled).map((contract): [ContractName, Events] => {
    const abi = CONTRACTS[contract];
    return [contract, 'events' in abi ? abi.events : {}];
  }),
];
const events = sources.flatMap(([contract, generated]) =>
  Object.entries(generated).map(([event, { topic }]) => ({ contract, name: `${contract}.${event}`, topic })),
);

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
