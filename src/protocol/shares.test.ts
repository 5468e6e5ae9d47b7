import fc from 'fast-check';
import { shareValue } from './shares';

describe('the value of delegation shares', () => {
  it('is what unbonding pays, rounded down', () => {
    expect(shareValue(100n, { delegatedStake: 1_000n, totalShares: 1_000n })).toBe(100n);
    expect(shareValue(1n, { delegatedStake: 2n, totalShares: 1n })).toBe(1n);
    expect(shareValue(3n, { delegatedStake: 10n, totalShares: 3n })).toBe(8n);
  });

  it('is nothing for no shares', () => {
    expect(shareValue(0n, { delegatedStake: 5n, totalShares: 7n })).toBe(0n);
  });

  it('never pays the holders of all shares more than stands behind them', () => {
    const amount = fc.bigInt(0n, 10n ** 27n);
    fc.assert(
      fc.property(amount, amount, amount, (delegatedStake, one, other) => {
        const pool = { delegatedStake, totalShares: one + other };
        expect(shareValue(one, pool) + shareValue(other, pool)).toBeLessThanOrEqual(delegatedStake);
      }),
    );
  });
});
