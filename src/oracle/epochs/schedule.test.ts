import fc from 'fast-check';
import type { OracleSchedule } from '../../chain/reputation';
import { epochEnd, epochSeconds, lastFinishedEpoch, lastSkippable } from './schedule';

const schedules = fc
  .record({
    genesisTime: fc.integer({ min: 1, max: 2_000_000_000 }),
    slotSeconds: fc.integer({ min: 1, max: 600 }),
    slotsPerEpoch: fc.integer({ min: 1, max: 300 }),
  })
  .map((schedule): OracleSchedule => {
    const length = schedule.slotSeconds * schedule.slotsPerEpoch;
    return { ...schedule, reportGraceSeconds: length, skipGraceSeconds: 2 * length };
  });

describe('epoch times', () => {
  it('finishes an epoch exactly at its end', () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: 0, max: 100_000 }), (schedule, epoch) => {
        const end = epochEnd(schedule, epoch);
        expect(lastFinishedEpoch(schedule, end)).toBe(epoch);
        expect(lastFinishedEpoch(schedule, end - 1)).toBe(epoch === 0 ? undefined : epoch - 1);
      }),
    );
  });

  it('lets an epoch be skipped exactly when the contract accepts the one after it', () => {
    fc.assert(
      fc.property(
        schedules,
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 0, max: 9 }),
        (schedule, epoch, late) => {
          // ReputationOracle: skippableAt = end of the posted epoch − L + skipGrace + 1.
          const skippableAt = epochEnd(schedule, epoch + 1) - epochSeconds(schedule) + schedule.skipGraceSeconds + 1;
          expect(lastSkippable(schedule, skippableAt + late)).toBeGreaterThanOrEqual(epoch);
          expect(lastSkippable(schedule, skippableAt - 1 - late)).toBeLessThan(epoch);
        },
      ),
    );
  });

  it('knows no finished epoch before genesis', () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: 0, max: 1_000_000 }), (schedule, before) => {
        expect(lastFinishedEpoch(schedule, schedule.genesisTime - before)).toBeUndefined();
      }),
    );
  });
});
