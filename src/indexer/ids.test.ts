import fc from 'fast-check';
import { batchKey, delegationKey, epochKey, eventKey, jobKey, nodeKey, roundKey, shardKey } from './ids';

describe('ids', () => {
  it('sorts ids like the numbers behind them', () => {
    const natural = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(natural, natural, (a, b) => {
        const order = Math.sign(a - b);
        for (const key of [
          nodeKey,
          (value: number) => jobKey(BigInt(value)),
          (value: number) => epochKey(BigInt(value)),
          (value: number) => roundKey(BigInt(value)),
          (value: number) => eventKey(value, 0),
        ]) {
          const [left, right] = [key(a), key(b)];
          expect(left < right ? -1 : left > right ? 1 : 0).toBe(order);
        }
      }),
    );
  });

  it('joins the parts of an id by hyphens, each number at its full width', () => {
    expect(delegationKey(7, '0xab')).toBe('0000000007-0xab');
    expect(shardKey(3n, 2)).toBe('000000000003-00002');
    expect(batchKey(12n, 1)).toBe('0000000012-0000000001');
    expect(eventKey(99, 3)).toBe('0000000099-000003');
  });
});
