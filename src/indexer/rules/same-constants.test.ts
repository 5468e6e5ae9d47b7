import type { Constant } from '../../chain/constants';
import { FatalError } from '../../runtime/errors';
import { epochClockOf, requireSameConstants } from './same-constants';

const constant = (name: string, value: string): Constant => ({
  contract: 'ReputationOracle',
  name,
  value,
  unit: 'seconds',
});
const kept = [constant('genesisTime', '1700000000'), constant('epochSeconds', '3600')];

describe('constants of a network', () => {
  it('are the same when every one of both sides is', () =>
    expect(() => requireSameConstants(kept, kept)).not.toThrow());
  it('are the same when a release reads another one', () => {
    const more = [...kept, constant('slotSeconds', '60')];
    expect(() => requireSameConstants(kept, more)).not.toThrow();
    expect(() => requireSameConstants(more, kept)).not.toThrow();
  });
  it('are others when one differs: it is named with both values and the fix', () => {
    const said = [kept[0]!, constant('epochSeconds', '60')];
    expect(() => requireSameConstants(kept, said)).toThrow(FatalError);
    expect(() => requireSameConstants(kept, said)).toThrow(
      'RPC_URL: ReputationOracle.epochSeconds is 60 there, 3600 in the index, and it never changes',
    );
  });
});

describe('the clock of epochs', () => {
  it('is that of the oracle', () =>
    expect(epochClockOf(kept)).toEqual({ genesisSeconds: 1_700_000_000, epochSeconds: 3_600 }));
  it.each([
    ['epochSeconds', '0'],
    ['epochSeconds', '31622401'],
    ['genesisTime', '0'],
    ['genesisTime', '253402300800'],
  ])('is not believed with %s %s', (name, value) => {
    const said = [constant(name, value), ...kept.filter((one) => one.name !== name)];
    expect(() => epochClockOf(said)).toThrow(`RPC_URL: ReputationOracle.${name} is ${value} there`);
  });
  it('is not made up when a constant is missing', () => expect(() => epochClockOf([kept[0]!])).toThrow('is missing'));
});
