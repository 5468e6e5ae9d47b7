import { factsProblem } from './consistent';
import type { Facts } from './facts';

const passed: Facts = {
  ...{
    deadlineMs: 6_000,
    revealEndMs: 96_000,
    opened: true,
    sentMs: 3,
    turnedAway: false,
    softwareAdapter: false,
    brokenMs: null,
  },
  ...{ commit: { receivedMs: 903, elapsedMs: 900 }, busy: null, anchored: true, shared: null, coinsMs: 12_000 },
  ...{ revealMs: 13_000, check: { code: 'OK', reason: 'right', numbers: {} }, absences: [], fault: null },
};
const ruling = { accepted: true, reason: 'it holds the shard' };

describe('recorded facts', () => {
  it.each<[string, Partial<Facts>]>([
    ['nothing is wrong', {}],
    ['a process ended in the moment of sending', { sentMs: 0 }],
    [
      'the round was not opened',
      {
        opened: false,
        sentMs: null,
        commit: null,
        anchored: false,
        coinsMs: null,
        revealMs: null,
        check: null,
        fault: 'too late',
      },
    ],
    ['the round became void before it was written down that coins were sent', { coinsMs: null, fault: 'late' }],
    ['a reveal was kept before it was written down that coins were sent', { coinsMs: 14_000 }],
  ])('do not contradict themselves when %s', (_, change) => {
    expect(factsProblem({ ...passed, ...change })).toBeNull();
  });

  it.each<[RegExp, Partial<Facts>]>([
    [/^opened is false/, { opened: false }],
    [/^sentMs is null/, { sentMs: null }],
    [/^turnedAway/, { turnedAway: true }],
    [/^commit.receivedMs is before/, { commit: { receivedMs: -5, elapsedMs: 0 } }],
    [
      /^commit.receivedMs is after/,
      { commit: { receivedMs: 61_000, elapsedMs: 60_997 }, anchored: false, revealMs: null, check: null },
    ],
    [/^busy.receivedMs is after/, { busy: { receivedMs: 61_000, ruling } }],
    [/^commit.elapsedMs is not/, { commit: { receivedMs: 903, elapsedMs: 7_000 } }],
    [/^anchored without/, { commit: { receivedMs: 6_503, elapsedMs: 6_500 } }],
    [/^anchored without/, { commit: null }],
    [/^revealMs without/, { anchored: false }],
    [/^revealMs is after/, { revealMs: 80_000_000 }],
    [/^check without/, { revealMs: null }],
    [/^coinsMs is after/, { coinsMs: 80_000_000, revealMs: null, check: null }],
    [/^an absence ends/, { absences: [{ fromMs: 5, toMs: 4, lostMs: 9 }] }],
  ])('contradict themselves: %s', (problem, change) => {
    expect(factsProblem({ ...passed, ...change })).toMatch(problem);
  });
});
