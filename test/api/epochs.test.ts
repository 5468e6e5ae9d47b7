import { startTestApi, type TestApi } from './fixture';
import { insert } from './seed';

/** Seconds since 1970 of the beginning of an epoch of two rounds of 20 s. */
const START = 1_700_000_000;
const at = (seconds: number) => new Date((START + seconds) * 1000);

describe("a reporter's epochs", () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
    await round(14, 7, 'closed');
    await round(15, 7, 'void');
    await round(16, 8, 'void');
    await round(18, 9, 'scheduled');
    const faults = ['the anchor was not final in time', 'nothing was heard', 'nothing was heard', 'a', 'b'];
    for (const [nodeId, reason] of faults.entries()) await challenge(15, 7, nodeId, 'ORACLE_FAULT', reason);
    await challenge(14, 7, 0, 'OK', 'right');
    await challenge(16, 8, 0, 'ORACLE_FAULT', 'nothing was heard');
    await insert(api.db, 'oracle.epochs', { epoch: 6, state: 'posted', oracle_faults: 4 });
    await insert(api.db, 'oracle.epochs', {
      epoch: 7,
      state: 'posted',
      oracle_faults: 5,
      evidence_root: Buffer.alloc(32, 1),
    });
    // Left out, so that nothing of it was counted when it was measured.
    await insert(api.db, 'oracle.epochs', { epoch: 8, state: 'empty' });
    for (const [from, to, lostMs] of [
      [-30, -10, 20_000],
      [-5, 3, 8_000],
      [30, 31, 1_000],
      [39, 90, 51_000],
    ] as const) {
      await insert(api.db, 'oracle.absences', { from_at: at(from), to_at: at(to), lost_ms: lostMs, why: 'down' });
    }
  });
  afterAll(() => api.stop());

  async function round(number: number, epoch: number, state: string): Promise<void> {
    const start = (number - 14) * 20;
    const slot = { slot_start: at(start), slot_end: at(start + 20), timetable: '{}' };
    await insert(api.db, 'oracle.rounds', { round: number, epoch, state, ...slot });
  }

  async function challenge(number: number, epoch: number, nodeId: number, verdict: string, reason: string) {
    const verdictGroup = verdict === 'OK' ? 'pass' : 'neutral';
    await insert(api.db, 'oracle.challenges', {
      ...{ round: number, epoch, node_id: nodeId, device: 0, task: 'gemm', params: {} },
      ...{ verdict, verdict_group: verdictGroup, reason },
    });
  }

  it('count in public what the reporter could not do, and say why', async () => {
    const { data, errors } = await api.ask(`{ reporterEpochs {
      epoch state rounds voidRounds oracleFaults oracleFaultReasons { reason count } absences { count lostMs }
      evidenceRoot } }`);
    expect(errors).toEqual([]);
    const none = { rounds: 0, voidRounds: 0, oracleFaultReasons: [], absences: { count: 0, lostMs: 0 } };
    expect(data.reporterEpochs).toEqual([
      {
        ...none,
        epoch: 9,
        state: 'running',
        oracleFaults: 0,
        absences: { count: 1, lostMs: 51_000 },
        evidenceRoot: null,
      },
      {
        ...{ epoch: 8, state: 'empty', rounds: 1, voidRounds: 1, oracleFaults: 1, evidenceRoot: null },
        oracleFaultReasons: [{ reason: 'nothing was heard', count: 1 }],
        absences: { count: 1, lostMs: 51_000 },
      },
      {
        ...{ epoch: 7, state: 'posted', rounds: 2, voidRounds: 1, oracleFaults: 5 },
        oracleFaultReasons: [
          { reason: 'nothing was heard', count: 2 },
          { reason: 'a', count: 1 },
          { reason: 'b', count: 1 },
        ],
        absences: { count: 3, lostMs: 60_000 },
        evidenceRoot: `0x${'01'.repeat(32)}`,
      },
      // Its challenges are gone; what was counted when it was measured stays.
      { ...none, epoch: 6, state: 'posted', oracleFaults: 4, evidenceRoot: null },
    ]);
  });

  it('are as many as asked for, the newest first', async () => {
    const { data } = await api.ask('{ reporterEpochs(limit: 2) { epoch } }');
    expect(data.reporterEpochs).toEqual([{ epoch: 9 }, { epoch: 8 }]);
    expect((await api.ask('{ reporterEpochs(limit: 101) { epoch } }')).errors).toHaveLength(1);
  });
});
