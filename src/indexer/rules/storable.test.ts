import { cleanText, dateOf } from './storable';

describe('dateOf', () => {
  it('gives the time of the seconds', () =>
    expect(dateOf(1_700_000_000n).toISOString()).toBe('2023-11-14T22:13:20.000Z'));
  it('gives no time beyond the year 9999, whatever a client writes into a deadline', () =>
    expect(dateOf(2n ** 64n - 1n).toISOString()).toBe('9999-12-31T23:59:59.000Z'));
});

describe('cleanText', () => {
  it('replaces what Postgres refuses and nothing else', () =>
    expect(cleanText('a\0b\n\uFFFD')).toBe('a\uFFFDb\n\uFFFD'));
});
