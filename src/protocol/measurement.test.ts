import fc from 'fast-check';
import { ProtocolError } from './errors';
import { epochMeasurement, type RoundOutcome, roundPerfBps } from './measurement';
import { VERDICT_CODES, type VerdictCode, verdictGroup } from './verdicts';

const rounds = (...codes: VerdictCode[]): RoundOutcome[] =>
  codes.map((code) => ({ code, perfBps: code === 'OK' ? 10_000 : 0 }));
const NONE = 0;
const FAIL = 1;
const PASS = 2;

describe('epoch measurement (protocol section 6)', () => {
  it.each<[string, VerdictCode[], { status: number; perf: number }]>([
    ['no round at all', [], { status: NONE, perf: 0 }],
    ['all good', ['OK', 'OK'], { status: PASS, perf: 10_000 }],
    ['one failure among passes', ['OK', 'OK', 'OK', 'WRONG_RESULT'], { status: FAIL, perf: 7500 }],
    ['a quarter missed', ['OK', 'OK', 'OK', 'LATE'], { status: PASS, perf: 7500 }],
    ['more than a quarter missed', ['OK', 'OK', 'TIMEOUT'], { status: FAIL, perf: 6666 }],
    ['everything missed', ['UNREACHABLE', 'UNREACHABLE'], { status: FAIL, perf: 0 }],
    ['half neutral', ['OK', 'BUSY'], { status: PASS, perf: 10_000 }],
    ['more than half neutral', ['OK', 'BUSY', 'ORACLE_FAULT'], { status: NONE, perf: 10_000 }],
    ['all neutral', ['ORACLE_FAULT', 'BUSY'], { status: NONE, perf: 0 }],
    ['no GPU in every other round', ['OK', 'SOFTWARE_ADAPTER', 'OK', 'SOFTWARE_ADAPTER'], { status: FAIL, perf: 5000 }],
    ['a failure among neutral rounds', ['NO_OPENING', 'BUSY', 'BUSY', 'BUSY'], { status: FAIL, perf: 0 }],
    ['a miss among neutral rounds', ['MALFORMED', 'BUSY', 'BUSY', 'BUSY'], { status: FAIL, perf: 0 }],
  ])('measures the rounds of an epoch: %s', (_, codes, expected) => {
    expect(epochMeasurement(rounds(...codes))).toEqual(expected);
  });

  it('counts the performance of passed rounds only', () => {
    expect(epochMeasurement([{ code: 'BAD_OPENING', perfBps: 20_000 }]).perf).toBe(0);
    expect(epochMeasurement([{ code: 'LATE', perfBps: 20_000 }]).perf).toBe(0);
  });

  it('gives no gain to answering alternate rounds only', () => {
    expect(epochMeasurement(rounds('OK', 'TIMEOUT', 'OK', 'TIMEOUT'))).toEqual({ status: FAIL, perf: 5000 });
  });

  it('refuses performance out of range', () => {
    for (const perfBps of [-1, 20_001, 1.5, Number.NaN]) {
      expect(() => epochMeasurement([{ code: 'OK', perfBps }])).toThrow(ProtocolError);
    }
  });

  it('keeps to the rule and fits a measurement word for any rounds, in any order', () => {
    const round = fc.record({ code: fc.constantFrom(...VERDICT_CODES), perfBps: fc.integer({ min: 0, max: 20_000 }) });
    fc.assert(
      fc.property(fc.array(round, { maxLength: 24 }), (list) => {
        const { status, perf } = epochMeasurement(list);
        const count = (group: string) => list.filter(({ code }) => verdictGroup(code) === group).length;
        const counted = list.length - count('neutral');
        expect(perf).toBeLessThan(2 ** 15);
        expect(status === FAIL).toBe(count('fail') > 0 || count('missed') > counted / 4);
        if (status === PASS) expect(counted).toBeGreaterThanOrEqual(Math.max(1, list.length / 2));
        expect(epochMeasurement([...list].reverse())).toEqual({ status, perf });
      }),
    );
  });
});

describe('a round over several devices', () => {
  it('gives a round the floor of the mean, an unanswered device counting 0', () => {
    expect(roundPerfBps([10_000, 5001], 2)).toBe(7500);
    expect(roundPerfBps([10_000], 3)).toBe(3333);
    expect(roundPerfBps([], 1)).toBe(0);
    expect(() => roundPerfBps([1, 2], 1)).toThrow(ProtocolError);
  });
});
