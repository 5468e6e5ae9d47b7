import fc from 'fast-check';
import { dayAt, epochAt, epochEndSeconds } from './periods';

const clock = { genesisSeconds: 1_700_000_000, epochSeconds: 3_600 };

describe('dayAt', () => {
  it.each([
    [0, 0],
    [86_399, 0],
    [86_400, 1],
    [1_700_000_000, 19_675],
  ])('has second %s in day %s', (seconds, number) => expect(dayAt(seconds).number).toBe(number));

  it('begins and ends at midnight UTC', () => {
    const { startSeconds, endSeconds } = dayAt(1_700_000_000);
    expect(new Date(startSeconds * 1000).toISOString()).toBe('2023-11-14T00:00:00.000Z');
    expect(new Date(endSeconds * 1000).toISOString()).toBe('2023-11-15T00:00:00.000Z');
  });
});

describe('epochAt', () => {
  it.each([
    [1_699_999_999, -1],
    [1_700_000_000, 0],
    [1_700_003_599, 0],
    [1_700_003_600, 1],
  ])('has second %s in epoch %s', (seconds, number) => expect(epochAt(clock, seconds).number).toBe(number));

  it('has one period for all time before epoch 0', () =>
    expect(epochAt(clock, 5)).toEqual({ number: -1, startSeconds: 0, endSeconds: clock.genesisSeconds }));
});

it('every second lies in its period, and the period ends where the next begins', () =>
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.nat(2 ** 31), fc.integer({ min: 1, max: 10 ** 6 }), (seconds, genesis, length) => {
      const odd = { genesisSeconds: genesis, epochSeconds: length };
      for (const at of [dayAt, (time: number) => epochAt(odd, time)]) {
        const period = at(seconds);
        expect(period.startSeconds).toBeLessThanOrEqual(seconds);
        expect(seconds).toBeLessThan(period.endSeconds);
        expect(at(period.endSeconds)).toMatchObject({ number: period.number + 1, startSeconds: period.endSeconds });
      }
    }),
  ));

describe('epochEndSeconds', () => {
  it('is the start of the next epoch', () => {
    expect(epochEndSeconds(clock, 0n)).toBe(1_700_003_600n);
    expect(epochEndSeconds(clock, 7n)).toBe(BigInt(epochAt(clock, 1_700_028_800).startSeconds));
  });
});
