import fc from 'fast-check';
import { ProtocolError } from '../errors';
import { roundTimes, spareMs, type Timetable } from './timetable';

const timetable: Timetable = {
  prepareMs: 2_000,
  commitMs: 16_000,
  anchorMs: 60_000,
  revealMs: 60_000,
  verdictMs: 30_000,
};

describe('the timetable of a round', () => {
  it('fixes every time from the start on', () => {
    expect(roundTimes(timetable)).toEqual({
      commitEndMs: 16_000,
      lateEndMs: 18_000,
      anchorEndMs: 76_000,
      revealEndMs: 136_000,
      endMs: 166_000,
    });
  });

  it('lets the start be drawn so that the rest fits into the slot', () => {
    // 300 s less twice the preparation (the start may slip by it) and 166 s.
    expect(spareMs(timetable, 300_000, 0)).toBe(130_000);
  });

  it('lets verdicts, but never the anchor, reach beyond the slot where rounds may overlap', () => {
    expect(spareMs(timetable, 100_000, 70_000)).toBe(0);
    expect(spareMs(timetable, 100_000, 1_000_000)).toBe(20_000);
  });

  it('refuses a slot that is too short, with the numbers', () => {
    expect(() => spareMs(timetable, 169_999, 0)).toThrow(
      new ProtocolError('a slot of 169999 ms is 1 ms too short for a round'),
    );
  });

  it('never lets a round that starts latest end after what it may', () => {
    const ms = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(
        fc.record({ prepareMs: ms, commitMs: ms, anchorMs: ms, revealMs: ms, verdictMs: ms }),
        ms,
        (table, over) => {
          const slotMs = 400_000;
          fc.pre(2 * table.prepareMs + roundTimes(table).endMs <= slotMs + over);
          fc.pre(2 * table.prepareMs + roundTimes(table).anchorEndMs <= slotMs);
          const latestSendMs = 2 * table.prepareMs + spareMs(table, slotMs, over);
          expect(latestSendMs + roundTimes(table).endMs).toBeLessThanOrEqual(slotMs + over);
          expect(latestSendMs + roundTimes(table).anchorEndMs).toBeLessThanOrEqual(slotMs);
        },
      ),
    );
  });
});
