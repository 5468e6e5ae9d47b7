import fc from 'fast-check';
import {
  delegatorClaimable,
  operatorClaimable,
  type RewardedNode,
  type RewardStream,
  rewardPerWeightAt,
  settlementOf,
} from './stream';

const SCALE = 10n ** 18n;
const STREAM: RewardStream = {
  rewardPerWeight: 5n,
  rewardPerWeightAt: 100n,
  ratePerSecond: 7n,
  endsAt: 200n,
  totalWeight: 3n,
};
const NODE: RewardedNode = {
  weight: 10n,
  rewardPerWeightPaid: SCALE,
  rewardPerShare: 0n,
  selfStake: 300n,
  delegatedStake: 100n,
  totalShares: 1000n,
  commissionBps: 1000n,
};

const wei = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) });

describe('the stream of rewards', () => {
  it('adds rate times time divided by weight, rounded down once', () => {
    expect(rewardPerWeightAt(STREAM, 101n)).toBe(5n + 2_333_333_333_333_333_333n);
    expect(rewardPerWeightAt(STREAM, 103n)).toBe(5n + 7n * SCALE);
  });

  it('stands still before its checkpoint, after its end, without weight and before any funding', () => {
    expect(rewardPerWeightAt(STREAM, 99n)).toBe(5n);
    expect(rewardPerWeightAt(STREAM, 200n)).toBe(rewardPerWeightAt(STREAM, 10_000n));
    expect(rewardPerWeightAt({ ...STREAM, totalWeight: 0n }, 150n)).toBe(5n);
    expect(rewardPerWeightAt({ ...STREAM, endsAt: null }, 150n)).toBe(5n);
    expect(rewardPerWeightAt({ ...STREAM, rewardPerWeightAt: null }, 150n)).toBe(5n);
  });
});

describe('the settlement of a node', () => {
  it('divides by stake and takes the commission out of the part of the delegators', () => {
    // 10 x 40 = 400 wei; a quarter of the stake is delegated: 100, less 10 commission.
    expect(settlementOf(NODE, 41n * SCALE)).toEqual({
      amount: 400n,
      operatorAmount: 310n,
      commission: 10n,
      delegatorsAmount: 90n,
      rewardPerShareGain: (90n * SCALE) / 1000n,
    });
  });

  it('gives the operator everything when no shares are out, whatever rounding left behind them', () => {
    const settled = settlementOf({ ...NODE, totalShares: 0n }, 41n * SCALE);
    expect(settled).toMatchObject({ amount: 400n, operatorAmount: 400n, delegatorsAmount: 0n, rewardPerShareGain: 0n });
  });

  it('gives nobody anything when nobody holds stake', () => {
    const settled = settlementOf({ ...NODE, selfStake: 0n, totalShares: 0n }, 41n * SCALE);
    expect(settled).toMatchObject({ amount: 400n, operatorAmount: 0n, delegatorsAmount: 0n });
  });

  it('never divides more than it has, nor promises shares more than the delegators have', () => {
    const nodes = fc.record({
      weight: wei(90),
      rewardPerWeightPaid: wei(60),
      rewardPerShare: wei(60),
      selfStake: wei(90),
      delegatedStake: wei(90),
      totalShares: wei(90),
      commissionBps: fc.bigInt({ min: 0n, max: 10_000n }),
    });
    fc.assert(
      fc.property(nodes, wei(80), (node, grown) => {
        const settled = settlementOf(node, node.rewardPerWeightPaid + grown);
        const held = node.selfStake + (node.totalShares === 0n ? 0n : node.delegatedStake);
        expect(settled.operatorAmount + settled.delegatorsAmount).toBe(held === 0n ? 0n : settled.amount);
        expect(settled.commission <= settled.operatorAmount).toBe(true);
        expect((settled.rewardPerShareGain * node.totalShares) / SCALE <= settled.delegatorsAmount).toBe(true);
      }),
    );
  });
});

describe('what can be claimed', () => {
  it('is what was settled and what the shares have earned since', () => {
    const delegator = { pendingRewards: 4n, rewardPerSharePaid: SCALE, shares: 3n };
    expect(delegatorClaimable(delegator, SCALE)).toBe(4n);
    expect(delegatorClaimable(delegator, SCALE + SCALE / 2n)).toBe(5n);
  });

  it('is, for an operator, what was settled and not claimed, and what a settlement now would add', () => {
    const settled = settlementOf(NODE, 41n * SCALE);
    expect(operatorClaimable({ operatorRewards: 50n, operatorClaimedRewards: 20n }, settled)).toBe(340n);
  });
});
