import type { RoundClosed } from '../console/watch';
import { linesOf, roundsReport } from './report';

const round = (...verdicts: [nodeId: number, code: string, group: string][]): RoundClosed => ({
  ...{ kind: 'round', round: 3, epoch: 1, task: 'gemm', fault: null },
  verdicts: verdicts.map(([nodeId, code, group]) => ({ nodeId, code, group, reason: 'because' })),
});

describe('the report of a fault', () => {
  it('calls no honest node harmed by a pass or by what is not its own', () => {
    const { harmed } = roundsReport([round([0, 'OK', 'pass'], [1, 'ORACLE_FAULT', 'neutral'], [4, 'OK', 'pass'])]);
    expect(harmed).toEqual([]);
  });

  it('names each miss and fail of a node that works, and none of an attacker', () => {
    const verdicts = round([0, 'LATE', 'missed'], [4, 'REPLAYED', 'fail'], [5, 'TIMEOUT', 'missed'], [7, 'X', 'fail']);
    const found = roundsReport([verdicts]);
    expect(found.harmed).toEqual([
      { round: 3, nodeId: 0, code: 'LATE', reason: 'because' },
      { round: 3, nodeId: 4, code: 'REPLAYED', reason: 'because' },
    ]);
    expect(found.rounds[0]?.verdicts).toEqual({ 0: 'LATE', 4: 'REPLAYED', 5: 'TIMEOUT', 7: 'X' });
  });

  it('says nothing happened to the honest nodes when nothing did', () => {
    const scores = { scoresBefore: [4_900], scoresAfter: [5_000] };
    const report = { fault: 'copycat', what: 'a copy', done: ['copied'], ...roundsReport([round([0, 'OK', 'pass'])]) };
    expect(linesOf({ ...report, ...scores })).toContain('honest    0, 1, 2, 3, 4: nothing\n');
  });
});
