import { setStake } from './stakes';

it('keeps the total of a node right, whichever part of its stake changes', () => {
  const node = { selfStake: 5n, delegatedStake: 2n, totalStake: 7n };
  setStake(node, { selfStake: 1n });
  expect(node).toEqual({ selfStake: 1n, delegatedStake: 2n, totalStake: 3n });
  setStake(node, { delegatedStake: 0n });
  expect(node).toEqual({ selfStake: 1n, delegatedStake: 0n, totalStake: 1n });
  setStake(node, { selfStake: 4n, delegatedStake: 6n });
  expect(node.totalStake).toBe(10n);
});
