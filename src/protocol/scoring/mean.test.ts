import { meanScoreBps } from './mean';

describe('the mean score', () => {
  it('is over nodes that have one, rounded down', () => {
    expect(meanScoreBps(10_001n, 2n)).toBe(5_000n);
  });

  it('is unknown when none has', () => {
    expect(meanScoreBps(0n, 0n)).toBeNull();
  });
});
