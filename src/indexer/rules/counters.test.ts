import { ScoreStatus } from '../../model';
import { countScore, holderChange, setCertified, setShares } from './counters';

describe('holderChange', () => {
  it.each([
    [0n, 0n, 0],
    [0n, 5n, 1],
    [5n, 0n, -1],
    [5n, 6n, 0],
  ])('counts a balance going from %s to %s as %s', (before, after, change) =>
    expect(holderChange(before, after)).toBe(change),
  );
});

describe('setShares', () => {
  it('counts a delegation once while it has shares, for node, account and network', () => {
    const rows = {
      delegation: { shares: 0n },
      node: { delegatorCount: 3 },
      account: { delegationCount: 0 },
      network: { delegationCount: 10 },
    };
    const counts = () => [rows.node.delegatorCount, rows.account.delegationCount, rows.network.delegationCount];
    setShares(rows, 5n);
    expect([rows.delegation.shares, ...counts()]).toEqual([5n, 4, 1, 11]);
    setShares(rows, 7n);
    expect(counts()).toEqual([4, 1, 11]);
    setShares(rows, 0n);
    expect(counts()).toEqual([3, 0, 10]);
  });
});

describe('setCertified', () => {
  it('counts a node once, however often it is certified or loses it', () => {
    const node = { certified: false };
    const network = { certifiedNodeCount: 2 };
    const countAfter = (certified: boolean) => {
      setCertified(node, network, certified);
      return network.certifiedNodeCount;
    };
    expect([true, true, false, false].map(countAfter)).toEqual([3, 3, 2, 2]);
  });
});

describe('countScore', () => {
  const none = {
    unratedNodeCount: 0,
    provisionalNodeCount: 0,
    establishedNodeCount: 0,
    failingNodeCount: 0,
    scoreSumBps: 0n,
  };

  it.each([
    [ScoreStatus.UNRATED, 'unratedNodeCount'],
    [ScoreStatus.PROVISIONAL, 'provisionalNodeCount'],
    [ScoreStatus.ESTABLISHED, 'establishedNodeCount'],
    [ScoreStatus.FAILING, 'failingNodeCount'],
  ])('counts a node that is %s with its score, in and out again', (scoreStatus, count) => {
    const network = { ...none };
    const node = { retired: false, scoreStatus, scoreBps: 70 };
    countScore(network, node, 1);
    expect(network).toEqual({ ...none, [count]: 1, scoreSumBps: 70n });
    countScore(network, node, -1);
    expect(network).toEqual(none);
  });

  it('counts a retired node nowhere', () => {
    const network = { ...none };
    countScore(network, { retired: true, scoreStatus: ScoreStatus.ESTABLISHED, scoreBps: 70 }, 1);
    expect(network).toEqual(none);
  });
});
