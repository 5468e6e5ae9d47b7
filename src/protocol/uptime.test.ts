import fc from 'fast-check';
import { epochAt, epochStart, epochsOfWindow, uptimeOf } from './uptime';

const clock = { genesisTime: 1_000n, epochSeconds: 3_600n };
const DAY = 86_400n;

describe('epochs by the clock of the oracle contract', () => {
  it('begin at its genesis time', () => {
    expect(epochAt(clock, 1_000n)).toBe(0n);
    expect(epochAt(clock, 4_599n)).toBe(0n);
    expect(epochAt(clock, 4_600n)).toBe(1n);
    expect(epochAt(clock, 999n)).toBe(-1n);
    expect(epochAt(clock, 0n)).toBe(-1n);
  });

  it('hold their own first moment, and not the moment before', () => {
    fc.assert(
      fc.property(fc.bigInt(-1_000n, 1_000_000n), (epoch) => {
        expect(epochAt(clock, epochStart(clock, epoch))).toBe(epoch);
        expect(epochAt(clock, epochStart(clock, epoch) - 1n)).toBe(epoch - 1n);
      }),
    );
  });
});

describe('the epochs of a window', () => {
  it('are those that ended in it', () => {
    expect(epochsOfWindow(clock, { windowSeconds: DAY, last: 99n, registeredAt: 0n })).toEqual({
      first: 76n,
      last: 99n,
    });
  });

  it('count one that only its end reaches into the window', () => {
    const uneven = { genesisTime: 0n, epochSeconds: 50_000n };
    expect(epochsOfWindow(uneven, { windowSeconds: DAY, last: 9n, registeredAt: 0n })).toEqual({ first: 8n, last: 9n });
  });

  it('begin with the epoch in which the node registered, and never before the first', () => {
    const registeredAt = epochStart(clock, 90n) + 5n;
    expect(epochsOfWindow(clock, { windowSeconds: DAY, last: 99n, registeredAt }).first).toBe(90n);
    expect(epochsOfWindow(clock, { windowSeconds: DAY, last: 3n, registeredAt: 0n }).first).toBe(0n);
  });
});

describe('uptime', () => {
  const window = { first: 76n, last: 99n };

  it('counts what was not measured as neither passed nor failed', () => {
    expect(uptimeOf(window, { passed: 58n, failed: 6n }, { passed: 40n, failed: 4n })).toEqual({
      epochs: 24n,
      passed: 18n,
      failed: 2n,
      notMeasured: 4n,
      uptimeBps: 9_000n,
      coverageBps: 8_333n,
    });
  });

  it('is unknown, not zero, when nothing was measured', () => {
    const none = { passed: 3n, failed: 1n };
    expect(uptimeOf(window, none, none)).toMatchObject({ notMeasured: 24n, uptimeBps: null, coverageBps: 0n });
  });

  it('is zero when all that was measured failed', () => {
    expect(uptimeOf(window, { passed: 0n, failed: 2n }, { passed: 0n, failed: 0n }).uptimeBps).toBe(0n);
  });

  it('has no coverage without epochs', () => {
    const none = { passed: 0n, failed: 0n };
    expect(uptimeOf({ first: 5n, last: 4n }, none, none)).toMatchObject({ epochs: 0n, coverageBps: null });
  });
});
