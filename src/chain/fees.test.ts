import fc from 'fast-check';
import { bumpFees, type Fees } from './fees';

const gwei = fc.bigInt({ min: 1n, max: 10n ** 12n });
const dynamic = fc
  .tuple(gwei, gwei)
  .map(([tip, rest]): Fees => ({ type: 2, maxFeePerGas: tip + rest, maxPriorityFeePerGas: tip }));
const legacy = gwei.map((gasPrice): Fees => ({ type: 0, gasPrice }));

const values = (fees: Fees) => (fees.type === 2 ? [fees.maxFeePerGas, fees.maxPriorityFeePerGas] : [fees.gasPrice]);

describe('bumpFees', () => {
  it('raises every fee by at least a tenth, so that endpoints accept the replacement', () => {
    fc.assert(
      fc.property(fc.oneof(dynamic, legacy), fc.oneof(dynamic, legacy), (previous, suggested) => {
        // The cap is far above any of these fees, so there is always a replacement.
        const bumped = bumpFees(previous, suggested, 10n ** 18n);
        expect(bumped?.type).toBe(previous.type);
        values(bumped!).forEach((value, index) => {
          expect(value * 10n).toBeGreaterThanOrEqual((values(previous)[index] as bigint) * 11n);
        });
      }),
    );
  });

  it('never raises a fee above the cap', () => {
    fc.assert(
      fc.property(fc.oneof(dynamic, legacy), fc.oneof(dynamic, legacy), gwei, (previous, suggested, cap) => {
        const bumped = bumpFees(previous, suggested, cap);
        for (const value of bumped ? values(bumped) : []) expect(value).toBeLessThanOrEqual(cap);
      }),
    );
  });
});
