import fc from 'fast-check';
import { BATCH_SIZE, unpackMeasurements } from '../../protocol/scoring/words';
import { VERDICT_CODES, type VerdictCode, verdictGroup } from '../../protocol/verdicts';
import { batchWords, type DeviceVerdict, measureEpoch, measurementsHash, roundOutcome } from './measure';

const device = (code: VerdictCode, perfBps: number | null = null, index = 0, round = 0, nodeId = 0): DeviceVerdict => ({
  round,
  nodeId,
  device: index,
  code,
  perfBps,
});

const verdictList = fc
  .uniqueArray(
    fc.record({
      round: fc.integer({ min: 0, max: 9 }),
      nodeId: fc.integer({ min: 0, max: 150 }),
      device: fc.integer({ min: 0, max: 2 }),
      code: fc.constantFrom(...VERDICT_CODES),
      perf: fc.integer({ min: 0, max: 20_000 }),
    }),
    { selector: ({ round, nodeId, device: index }) => `${round}/${nodeId}/${index}`, maxLength: 200 },
  )
  .map((rows) =>
    rows.map(
      ({ perf, ...row }): DeviceVerdict => ({ ...row, perfBps: verdictGroup(row.code) === 'pass' ? perf : null }),
    ),
  );

describe('roundOutcome', () => {
  it('gives a round the floor of the mean over all devices, a missed one counting 0', () => {
    expect(roundOutcome([device('OK', 9_999), device('OK', 10_000, 1)])).toEqual({ code: 'OK', perfBps: 9_999 });
    expect(roundOutcome([device('OK', 10_001), device('TIMEOUT', 0, 1)])).toEqual({ code: 'OK', perfBps: 5_000 });
  });

  it('lets no device hide a failed one', () => {
    expect(roundOutcome([device('OK', 10_000), device('REPLAYED', null, 1)])).toEqual({ code: 'REPLAYED', perfBps: 0 });
    expect(roundOutcome([device('ORACLE_FAULT'), device('WRONG_RESULT', null, 1)]).code).toBe('WRONG_RESULT');
  });

  it('charges a fault of the reporter to nobody', () => {
    expect(roundOutcome([device('OK', 10_000), device('ORACLE_FAULT', null, 1)]).code).toBe('ORACLE_FAULT');
  });

  it('calls a round missed when some devices were missed and none passed', () => {
    expect(roundOutcome([device('BUSY'), device('LATE', 0, 1)]).code).toBe('LATE');
    expect(roundOutcome([device('BUSY')]).code).toBe('BUSY');
  });
});

describe('measureEpoch', () => {
  it('counts rounds by group and gives the status of section 6', () => {
    const rounds: VerdictCode[] = ['OK', 'OK', 'OK', 'TIMEOUT', 'ORACLE_FAULT'];
    const [node] = measureEpoch(rounds.map((code, round) => device(code, code === 'OK' ? 8_000 : null, 0, round, 7)));
    expect(node).toEqual({
      nodeId: 7,
      status: 2,
      perf: 6_000,
      rounds: 5,
      neutral: 1,
      missed: 1,
      failed: 0,
      passed: 3,
    });
  });

  it('does not depend on the order of the verdicts', () => {
    fc.assert(
      fc.property(verdictList, fc.integer(), (verdicts, seed) => {
        const shuffled = [...verdicts].sort(
          (a, b) =>
            ((a.nodeId * 31 + a.round * 17 + a.device + seed) % 13) -
            ((b.nodeId * 31 + b.round * 17 + b.device + seed) % 13),
        );
        const values = (list: DeviceVerdict[]) =>
          measureEpoch(list).map(({ nodeId, status, perf }) => ({ nodeId, status, perf }));
        expect(values(shuffled)).toEqual(values(verdicts));
      }),
    );
  });

  it('counts every round once and never measures above the cap', () => {
    fc.assert(
      fc.property(verdictList, (verdicts) => {
        const measured = measureEpoch(verdicts);
        expect(measured).toHaveLength(new Set(verdicts.map(({ nodeId }) => nodeId)).size);
        for (const node of measured) {
          const rounds = new Set(verdicts.filter(({ nodeId }) => nodeId === node.nodeId).map(({ round }) => round));
          expect(node.rounds).toBe(rounds.size);
          expect(node.neutral + node.missed + node.failed + node.passed).toBe(node.rounds);
          expect(node.perf).toBeGreaterThanOrEqual(0);
          expect(node.perf).toBeLessThanOrEqual(20_000);
          if (node.failed > 0) expect(node.status).toBe(1);
          if (node.status === 2) expect(2 * (node.rounds - node.neutral)).toBeGreaterThanOrEqual(node.rounds);
        }
      }),
    );
  });

  it('gives a node nothing for rounds in which it was not challenged', () => {
    expect(measureEpoch([])).toEqual([]);
  });
});

describe('batchWords', () => {
  it('puts every node of the batch in its place and nobody else', () => {
    fc.assert(
      fc.property(verdictList, (verdicts) => {
        const measured = measureEpoch(verdicts);
        for (const batch of [0, 1, 2]) {
          const words = unpackMeasurements(batchWords(batch, measured));
          words.forEach((word, index) => {
            const node = measured.find(({ nodeId }) => nodeId === batch * BATCH_SIZE + index);
            expect(word).toEqual({ status: node?.status ?? 0, perf: node?.perf ?? 0 });
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('hashes all words of all batches in order', () => {
    const none = batchWords(0, []);
    expect(measurementsHash([none])).not.toBe(measurementsHash([none, none]));
    expect(measurementsHash([[1n], [2n]])).toBe('0xe90b7bceb6e7df5418fb78d8ee546e97c83a08bbccc01a0644d599ccd2a7c2e0');
  });
});
