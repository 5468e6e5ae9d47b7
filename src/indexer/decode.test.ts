import { AbiCoder, toBeHex, zeroPadValue } from 'ethers';
import fc from 'fast-check';
import { events as token } from '../abi/DPNToken';
import { events as market } from '../abi/JobMarket';
import { events as registry } from '../abi/NodeRegistry';
import { events as staking } from '../abi/NodeStaking';
import { events as reputation } from '../abi/ReputationOracle';
import { events as rewards } from '../abi/RewardDistributor';
import { type EventDecoder, type EventLog, fastDecoder } from './decode';

const ALL = [market, registry, staking, reputation, rewards, token].flatMap((events) => Object.values(events));

/** Any value of a Solidity type, the extremes among them. */
function anyOf(type: string): fc.Arbitrary<unknown> {
  const list = /^(.*)\[(\d+)\]$/.exec(type);
  if (list) {
    const length = Number(list[2]);
    return fc.array(anyOf(list[1] as string), { minLength: length, maxLength: length });
  }
  const uint = (bits: number) =>
    fc
      .oneof(fc.bigInt(0n, 2n ** BigInt(bits) - 1n), fc.nat().map(BigInt), fc.constantFrom(0n, 2n ** BigInt(bits) - 1n))
      .map((value) => value % 2n ** BigInt(bits));
  if (type.startsWith('uint')) return uint(Number(type.slice(4)));
  if (type === 'address') return uint(160).map((value) => zeroPadValue(toBeHex(value), 20));
  if (type === 'bool') return fc.boolean();
  if (type === 'string') return fc.string();
  if (type === 'bytes32') return uint(256).map((value) => zeroPadValue(toBeHex(value), 32));
  throw new Error(`no values of ${type}`);
}

/** The log of an event with these values. */
function logOf(event: EventDecoder<unknown>, types: readonly string[], values: readonly unknown[]): EventLog {
  const { params } = event as unknown as { params: Record<string, { indexed?: boolean }> };
  const indexed = Object.values(params).map((param) => param.indexed === true);
  const coder = AbiCoder.defaultAbiCoder();
  const part = (wanted: boolean) => {
    const places = types.map((_, index) => index).filter((index) => indexed[index] === wanted);
    return { types: places.map((index) => types[index] as string), values: places.map((index) => values[index]) };
  };
  const inTopics = part(true);
  const inData = part(false);
  const topics = inTopics.types.map((type, index) => coder.encode([type], [inTopics.values[index]]));
  return { topics: [event.topic, ...topics], data: coder.encode(inData.types, inData.values) };
}

describe('the fast decoder', () => {
  it.each(ALL.map((event) => [event.signature, event as EventDecoder<unknown>]))(
    'reads %s as its own decoder does',
    (_, event) => {
      const types = event.signature
        .slice(event.signature.indexOf('(') + 1, -1)
        .split(',')
        .filter(Boolean);
      const fast = fastDecoder(event);
      fc.assert(
        fc.property(fc.tuple(...types.map(anyOf)), (values) => {
          const log = logOf(event, types, values);
          expect(fast(log)).toEqual(event.decode(log));
        }),
        { numRuns: 50 },
      );
    },
  );

  it('leaves to the own decoder what no contract of ours emits', () => {
    const event = token.Transfer as EventDecoder<unknown>;
    const fast = fastDecoder(event);
    const word = (digits: string) => `0x${digits.padStart(64, '0')}`;
    const sound = { topics: [event.topic, word('a'), word('b')], data: word('c') };
    expect(fast({ ...sound, topics: [event.topic, word('A'), word('B')], data: word('C') })).toEqual(
      event.decode(sound),
    );
    const dirty = { ...sound, topics: [event.topic, `0x${'f'.repeat(64)}`, word('b')] };
    expect(fast(dirty)).toEqual(event.decode(dirty));
    expect(() => fast({ ...sound, data: '0x' })).toThrow();
    expect(() => fast({ ...sound, data: word('g') })).toThrow();
    expect(() => fast({ ...sound, topics: sound.topics.slice(1) })).toThrow();
    expect(() => fast({ ...sound, topics: [] })).toThrow();
  });
});
