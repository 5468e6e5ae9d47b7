import fc from 'fast-check';
import { verdictGroup } from '../verdicts';
import { ABSENT_MS, decide } from './decide';
import { FACTS, type Facts } from './facts';

/** An honest node's round. */
const honest: Facts = {
  deadlineMs: 6_000,
  revealEndMs: 90_000,
  opened: true,
  sentMs: 2,
  turnedAway: false,
  softwareAdapter: false,
  brokenMs: null,
  commit: { receivedMs: 1_002, elapsedMs: 1_000 },
  busy: null,
  anchored: true,
  shared: null,
  coinsMs: 20_000,
  revealMs: 21_000,
  check: { code: 'OK', reason: 'every sampled entry is right', numbers: { samples: 64 } },
  absences: [],
  fault: null,
};
const code = (change: Partial<Facts>) => decide({ ...honest, ...change }).code;
const nothing = { commit: null, anchored: false, revealMs: null, check: null };
const unrevealed = { revealMs: null, check: null };
const wrong = { code: 'WRONG_RESULT' as const, reason: 'a row is wrong', numbers: {} };
const away = (fromMs: number, toMs: number, lostMs = toMs - fromMs) => [{ fromMs, toMs, lostMs }];

describe('the verdict that recorded facts decide', () => {
  it.each<[string, Partial<Facts>, string]>([
    ['honest work', {}, 'OK'],
    ['no session', { ...nothing, sentMs: null }, 'UNREACHABLE'],
    ['silence', nothing, 'TIMEOUT'],
    ['a COMMIT after the deadline', { commit: { receivedMs: 6_103, elapsedMs: 6_101 }, anchored: false }, 'LATE'],
    ['a frame that breaks the protocol', { ...nothing, brokenMs: 700 }, 'MALFORMED'],
    ['no GPU in a class for GPUs', { softwareAdapter: true }, 'SOFTWARE_ADAPTER'],
    ['a claim that excuses', { ...nothing, busy: { receivedMs: 9, ruling: { accepted: true, reason: '' } } }, 'BUSY'],
    [
      'a claim that does not',
      { ...nothing, busy: { receivedMs: 9, ruling: { accepted: false, reason: '' } } },
      'TIMEOUT',
    ],
    ['a commitment that is not opened', unrevealed, 'NO_OPENING'],
    ['a wrong result', { check: wrong }, 'WRONG_RESULT'],
    ['an opening of something else', { check: { ...wrong, code: 'BAD_OPENING' } }, 'BAD_OPENING'],
    ['a proof that does not verify', { check: { ...wrong, code: 'PROOF_INVALID' } }, 'PROOF_INVALID'],
  ])('is the node’s for %s', (_, change, expected) => {
    expect(code(change)).toBe(expected);
  });

  it('lets who can open its own challenge pass, whoever sent the same commitment first', () => {
    expect(code({ shared: 'round' })).toBe('OK');
    expect(code({ shared: 'earlier' })).toBe('OK');
    expect(code({ shared: 'round', check: wrong })).toBe('REPLAYED');
    expect(code({ shared: 'earlier', ...unrevealed })).toBe('REPLAYED');
  });

  it.each<[string, Partial<Facts>]>([
    ['the round was not opened', { ...nothing, opened: false, sentMs: null, fault: 'the chain could not be read' }],
    ['it was away just before the round', { ...nothing, sentMs: null, absences: away(-4_000, -1_000) }],
    ['it could not ask the chain who the node is', { ...nothing, sentMs: null, turnedAway: true }],
    ['it stood still while it waited', { ...nothing, absences: away(3_000, 9_000) }],
    [
      'it stood still until after the deadline',
      { commit: { receivedMs: 70_002, elapsedMs: 70_000 }, absences: away(500, 70_000) },
    ],
    ['a busy claim could not be looked up', { ...nothing, busy: { receivedMs: 9, ruling: null } }],
    ['the commitment was not written down in time', { anchored: false }],
    ['the anchor was refused', { anchored: false, coinsMs: null, ...unrevealed, fault: 'NotInRoundSlot' }],
    ['the coins were not sent', { coinsMs: null, ...unrevealed }],
    ['it was away while it waited for the reveal', { ...unrevealed, absences: away(30_000, 96_000) }],
    ['the reveal was not checked in time', { check: null }],
    ['checking brought the checker down', { check: { code: 'UNCHECKABLE', reason: 'it died', numbers: {} } }],
    ['its machine slept while the work ran', { absences: away(500, 500, 40_000) }],
    ['its machine woke when the commitment came', { absences: away(1_002, 1_002, 40_000) }],
  ])('is the reporter’s when %s', (_, change) => {
    expect(code(change)).toBe('ORACLE_FAULT');
  });

  it('counts no standstill that is shorter than an absence, and none outside the wait', () => {
    expect(code({ ...nothing, absences: away(3_000, 3_000 + ABSENT_MS - 1) })).toBe('TIMEOUT');
    expect(code({ ...nothing, absences: away(9_000, 40_000) })).toBe('TIMEOUT');
    const hiccups = Array.from({ length: 20 }, (_, n) => away(n * 200, n * 200 + 150)).flat();
    expect(code({ ...nothing, absences: hiccups })).toBe('TIMEOUT');
    expect(code({ absences: hiccups })).toBe('OK');
    expect(code({ ...nothing, sentMs: null, absences: away(-60_000, -20_000) })).toBe('UNREACHABLE');
    expect(code({ absences: away(30_000, 60_000) })).toBe('OK');
    // Killed within a second after the commitment had come: the last sign of life was before it.
    expect(code({ absences: away(500, 9_000) })).toBe('OK');
  });

  it('leaves a node’s own miss to the node in a round that the reporter could not finish', () => {
    const fault = 'the anchor was not final in time';
    expect(code({ ...nothing, coinsMs: null, fault })).toBe('TIMEOUT');
    expect(code({ commit: { receivedMs: 6_103, elapsedMs: 6_101 }, anchored: false, fault })).toBe('LATE');
    expect(code({ check: wrong, fault })).toBe('WRONG_RESULT');
  });
});

const ms = fc.integer({ min: -1_000, max: 100_000 });
const words = fc.string({ maxLength: 400 });
const ruling = fc.record({ accepted: fc.boolean(), reason: words });
const checkCode = fc.constantFrom('OK', 'WRONG_RESULT', 'BAD_OPENING', 'PROOF_INVALID', 'UNCHECKABLE');
/** Anything, and much of it near an honest round. */
const anyFacts: fc.Arbitrary<Facts> = fc
  .record(
    {
      deadlineMs: fc.integer({ min: 1, max: 20_000 }),
      revealEndMs: ms,
      opened: fc.boolean(),
      sentMs: fc.option(ms),
      turnedAway: fc.boolean(),
      softwareAdapter: fc.boolean(),
      brokenMs: fc.option(ms),
      commit: fc.option(fc.record({ receivedMs: ms, elapsedMs: fc.nat(100_000) })),
      busy: fc.option(fc.record({ receivedMs: ms, ruling: fc.option(ruling) })),
      anchored: fc.boolean(),
      shared: fc.constantFrom(null, 'round' as const, 'earlier' as const),
      coinsMs: fc.option(ms),
      revealMs: fc.option(ms),
      check: fc.option(fc.record({ code: checkCode, reason: words, numbers: fc.constant({}) })),
      absences: fc.array(fc.record({ fromMs: ms, toMs: ms, lostMs: fc.nat(100_000) }), { maxLength: 3 }),
      fault: fc.option(words),
    },
    { requiredKeys: [] },
  )
  .map((change) => ({ ...honest, ...change }));

describe('whatever the facts are', () => {
  it('decides the same after they were written down and read again', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(decide(FACTS.parse(JSON.parse(JSON.stringify(facts))))).toEqual(decide(facts));
      }),
    );
  });

  it('fails a node only for what a check found, or for a reveal that was due while the reporter waited', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const isFail = verdictGroup(decide(facts).code) === 'fail';
        const { check, revealMs, coinsMs, fault, opened, anchored } = facts;
        const isWrong = revealMs !== null && check !== null && !['OK', 'UNCHECKABLE'].includes(check.code);
        const isMissing = revealMs === null && coinsMs !== null && fault === null;
        expect(!isFail || (opened && anchored && (isWrong || isMissing))).toBe(true);
      }),
    );
  });

  it('passes only anchored work that a check found right', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { check, commit, opened, anchored, softwareAdapter, deadlineMs } = facts;
        const isInTime = commit !== null && commit.elapsedMs <= deadlineMs;
        const isRight = check?.code === 'OK' && opened && anchored && !softwareAdapter && isInTime;
        expect(decide(facts).code !== 'OK' || isRight).toBe(true);
      }),
    );
  });
});
