import { checkpoint, rewardPerWeightNow, settlementDue } from './rewards';

const SCALE = 10n ** 18n;
const second = (seconds: number) => new Date(seconds * 1000);
const network = (rewardPerWeightAt: Date | null) => ({
  rewardPerWeight: 0n,
  rewardPerWeightAt,
  emissionRate: 6n,
  emissionEndsAt: second(1_000),
  totalWeight: 3n,
});
const NODE = {
  weight: 3n,
  rewardPerWeightPaid: 0n,
  rewardPerShare: 0n,
  selfStake: 1n,
  delegatedStake: 0n,
  totalShares: 0n,
  commissionBps: 0,
};

describe('rewards by the rows of the index', () => {
  it('grow from checkpoint to checkpoint, once for a second', () => {
    const rows = network(second(100));
    checkpoint(rows, second(110));
    checkpoint(rows, second(110));
    expect(rows).toMatchObject({ rewardPerWeight: 20n * SCALE, rewardPerWeightAt: second(110) });
    rows.totalWeight = 6n;
    expect(rewardPerWeightNow(rows, second(111))).toBe(21n * SCALE);
  });

  it('start from zero where an update of the index began in between', () => {
    const rows = network(null);
    expect(rewardPerWeightNow(rows, second(110))).toBeNull();
    checkpoint(rows, second(110));
    expect(rewardPerWeightNow(rows, second(111))).toBe(2n * SCALE);
  });

  it('say what a settlement must divide, but not since an unknown time', () => {
    expect(settlementDue(NODE, 2n * SCALE)).toMatchObject({ amount: 6n, operatorAmount: 6n });
    expect(settlementDue(NODE, null)).toBeNull();
    expect(settlementDue({ ...NODE, rewardPerWeightPaid: null }, 2n * SCALE)).toBeNull();
  });
});
