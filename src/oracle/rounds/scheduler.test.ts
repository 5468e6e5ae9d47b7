import { missedRounds } from './scheduler';

describe('missed rounds', () => {
  it('counts as missed the rounds between the newest and the current one', () => {
    expect(missedRounds(4, 5, 10)).toEqual([]);
    expect(missedRounds(4, 8, 10)).toEqual([5, 6, 7]);
    expect(missedRounds(8, 12, 10)).toEqual([9, 10, 11]);
  });

  it('counts of a long absence the rest of the last epoch and the two newest epochs', () => {
    expect(missedRounds(1, 41, 4)).toEqual([2, 3, 36, 37, 38, 39, 40]);
    expect(missedRounds(3, 41, 4)).toEqual([36, 37, 38, 39, 40]);
  });

  it('counts each missed round once when the epochs touch', () => {
    expect(missedRounds(5, 13, 4)).toEqual([6, 7, 8, 9, 10, 11, 12]);
  });
});
