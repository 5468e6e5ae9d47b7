import { APR_WINDOW_SECONDS, delegatorAprBps, operatorAprBps, YEAR_SECONDS } from './apr';
import { REWARD_SCALE } from './stream';

const DPN = 10n ** 18n;

describe('the yearly rate of a delegator', () => {
  it('is what a share earned per wei that it is worth, over a year', () => {
    // A share worth one wei earned a hundredth of a wei in a tenth of a year: ten hundredths a year.
    const growth = { gain: REWARD_SCALE / 100n, seconds: YEAR_SECONDS / 10n };
    expect(delegatorAprBps(growth, { delegatedStake: 500n * DPN, totalShares: 500n * DPN })).toBe(1_000n);
  });

  it('halves when a share is worth twice as much', () => {
    const growth = { gain: REWARD_SCALE / 100n, seconds: YEAR_SECONDS / 10n };
    expect(delegatorAprBps(growth, { delegatedStake: 1_000n * DPN, totalShares: 500n * DPN })).toBe(500n);
  });

  it('is zero where nothing came, and unknown without shares or time', () => {
    const pool = { delegatedStake: DPN, totalShares: DPN };
    expect(delegatorAprBps({ gain: 0n, seconds: APR_WINDOW_SECONDS }, pool)).toBe(0n);
    expect(delegatorAprBps({ gain: 5n, seconds: 0n }, pool)).toBeNull();
    expect(delegatorAprBps({ gain: 5n, seconds: 10n }, { delegatedStake: 3n, totalShares: 0n })).toBeNull();
    expect(delegatorAprBps({ gain: 5n, seconds: 10n }, { delegatedStake: 0n, totalShares: 9n })).toBeNull();
  });
});

describe('the yearly rate of an operator', () => {
  it('is what a wei of self-stake earned, over a year', () => {
    expect(operatorAprBps({ gain: REWARD_SCALE / 52n, seconds: APR_WINDOW_SECONDS })).toBe(10_027n);
  });

  it('is unknown without a window', () => {
    expect(operatorAprBps({ gain: 5n, seconds: 0n })).toBeNull();
  });
});
