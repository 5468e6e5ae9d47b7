import { createLogger } from '@subsquid/logger';
import type { ChallengeRecords, RoundRecords } from '../../../src/oracle/rounds/ports';
import type { PresenceRecords } from '../../../src/oracle/rounds/presence';
import type { Draw, Slot } from '../../../src/oracle/rounds/states';
import { ChallengeStore } from '../../../src/oracle/store/challenges';
import { Database, openPool } from '../../../src/oracle/store/database';
import { migrateOracleSchema } from '../../../src/oracle/store/migrate';
import { type Challenge, type JudgedChallenge, UNANSWERED } from '../../../src/oracle/store/model';
import { PresenceStore } from '../../../src/oracle/store/presence';
import { RoundStore } from '../../../src/oracle/store/rounds';
import { toHex } from '../../../src/protocol/bytes';
import type { Facts } from '../../../src/protocol/rounds/facts';
import { MemoryStore } from '../../../src/simulation/memory-store';
import { startTestPostgres } from '../../support/postgres';

interface Records {
  rounds: RoundRecords;
  challenges: ChallengeRecords;
  presence: PresenceRecords;
  close(): Promise<void>;
}

async function inMemory(): Promise<Records> {
  const store = new MemoryStore();
  return { rounds: store, challenges: store, presence: store, close: async () => undefined };
}

async function inPostgres(): Promise<Records> {
  const log = createLogger('dpin:test');
  const postgres = await startTestPostgres();
  const database = new Database(openPool(postgres.env, log), log, new AbortController().signal);
  await migrateOracleSchema(database.pool);
  return {
    rounds: new RoundStore(database),
    challenges: new ChallengeStore(database),
    presence: new PresenceStore(database),
    close: async () => {
      await database.pool.end();
      await postgres.remove();
    },
  };
}

const bytes = (byte: number) => new Uint8Array(32).fill(byte);
const signature = `0x${'0a'.repeat(65)}`;
const slot = (round: number): Slot & { reporter: string; software: string } => ({
  ...{ round, epoch: Math.floor(round / 4), slotStartMs: 1_000 * round, slotEndMs: 1_000 * round + 1_000 },
  startAtMs: 1_000 * round + 5,
  timetable: { prepareMs: 1, commitMs: 2, anchorMs: 3, revealMs: 4, verdictMs: 5 },
  ...{ reporter: '0x0c', software: 'test/1' },
});
const draw: Draw = {
  ...{ task: 'gemm', openBlock: 7, openBlockHash: toHex(bytes(1)), openBlockTimeMs: 6_000 },
  ...{ nonce: bytes(2), coinSecret: bytes(3), coinHash: bytes(4), roundSeed: bytes(5) },
};
const anchor = { txHash: toHex(bytes(6)), blockNumber: 9, blockHash: toHex(bytes(7)), blockTimeMs: 8_000 };
const challenge = (round: number, nodeId: number, over: Partial<Challenge> = {}): Challenge => ({
  ...{ round, epoch: Math.floor(round / 4), nodeId, device: 0, hardwareClass: 0 },
  ...{ workerKey: '0x01', operator: '0x02', rewardRecipient: '0x03' },
  params: { task: 'gemm', n: 64, w: 32, T: 5, K: 24, m: 2 },
  ...{ taskSeed: bytes(8), referencePerMs: 10n, expectedMs: 11, deadlineMs: 6_000 },
  ...UNANSWERED,
  signature,
  ...over,
});
const commit = (byte: number) => ({ commitment: bytes(byte), signature, elapsedMs: 100, receivedMs: 102 });
const facts: Facts = {
  ...{
    deadlineMs: 6_000,
    revealEndMs: 9,
    opened: true,
    sentMs: 2,
    turnedAway: false,
    softwareAdapter: false,
    brokenMs: null,
  },
  ...{ commit: { receivedMs: 102, elapsedMs: 100 }, busy: null, anchored: true, shared: null, coinsMs: 6, revealMs: 7 },
  ...{ check: { code: 'OK', reason: '', numbers: {} }, absences: [{ fromMs: -9, toMs: -8, lostMs: 1 }], fault: null },
};
const judged = (of: Challenge, code: 'OK' | 'WRONG_RESULT' = 'OK', opsPerMs: bigint | null = 77n): JudgedChallenge => ({
  ...of,
  verdict: {
    ...{ code, group: code === 'OK' ? 'pass' : 'fail', reason: 'because', numbers: { bytes: 3 } },
    ...{ perfBps: code === 'OK' ? 9_000 : null, opsPerMs, signature, facts },
  },
});
const transcript = { document: '{}', sha256: bytes(9) };

describe.each([
  ['memory', inMemory],
  ['Postgres', inPostgres],
])('records in %s', (_, open) => {
  let records: Records;
  let rounds: RoundRecords;
  let challenges: ChallengeRecords;
  beforeAll(async () => {
    records = await open();
    ({ rounds, challenges } = records);
  }, 60_000);
  afterAll(() => records.close());

  it('knows nothing at first', async () => {
    expect(await rounds.newest()).toBeUndefined();
    expect(await rounds.find(0)).toBeUndefined();
    expect(await rounds.unfinished()).toEqual([]);
    expect(await challenges.ofRound(0)).toEqual([]);
    expect(await challenges.ofNewestBefore(5)).toEqual([]);
    expect(await records.presence.aliveAt()).toBeNull();
  });

  it('takes a round through its states, and no other way', async () => {
    const { reporter: _r, software: _s, ...scheduled } = slot(0);
    await rounds.schedule(slot(0));
    await rounds.schedule({ ...slot(0), startAtMs: 999 });
    expect(await rounds.find(0)).toEqual({ ...scheduled, state: 'scheduled' });
    expect(await rounds.newest()).toBe(0);

    await rounds.commit(0, { root: bytes(1), count: 1 }, []);
    expect((await rounds.find(0))?.state).toBe('scheduled');
    await rounds.open(0, draw, [challenge(0, 2), challenge(0, 1, { signature: null })]);
    expect(await rounds.find(0)).toEqual({ ...scheduled, state: 'open', sentAtMs: null, draw });
    expect((await challenges.ofRound(0)).map(({ nodeId }) => nodeId)).toEqual([1, 2]);

    const commitments = { root: bytes(1), count: 1 };
    await rounds.sending(0, 12_345);
    await rounds.sending(0, 99_999);
    await rounds.commit(0, commitments, [{ nodeId: 2, device: 0 }]);
    expect(await rounds.find(0)).toEqual({ ...scheduled, state: 'committed', sentAtMs: 12_345, draw, commitments });
    expect((await challenges.ofRound(0)).map(({ leafIndex }) => leafIndex)).toEqual([null, 0]);

    await rounds.anchoring(0);
    await rounds.opening(0, anchor);
    const opening = { ...scheduled, state: 'opening', sentAtMs: 12_345, draw, commitments, anchor };
    expect(await rounds.find(0)).toEqual({ ...opening, coinsMs: null });
    await rounds.coinsSent(0, 55);
    await rounds.coinsSent(0, 66);
    expect(await rounds.unfinished()).toEqual([{ ...opening, coinsMs: 55 }]);

    await rounds.finish(0, null);
    await rounds.finish(0, 'too late');
    expect(await rounds.find(0)).toEqual({ ...scheduled, state: 'closed', draw, commitments, anchor });
    expect(await rounds.unfinished()).toEqual([]);
  });

  it('takes every signed challenge for sent from the sending on, until it knows better', async () => {
    await rounds.schedule(slot(1));
    await rounds.open(1, draw, [challenge(1, 1), challenge(1, 2), challenge(1, 3, { signature: null })]);
    await rounds.sending(1, 1);
    expect((await challenges.ofRound(1)).map(({ sentMs }) => sentMs)).toEqual([0, 0, null]);
    await rounds.sent(1, [
      challenge(1, 1, { sentMs: 3, softwareAdapter: true }),
      challenge(1, 2, { turnedAway: true }),
    ]);
    const sent = await challenges.ofRound(1);
    expect(sent.map(({ sentMs }) => sentMs)).toEqual([3, null, null]);
    expect(sent.map(({ softwareAdapter }) => softwareAdapter)).toEqual([true, false, false]);
    expect(sent.map(({ turnedAway }) => turnedAway)).toEqual([false, true, false]);
  });

  it('keeps the first answer, reveal and verdict', async () => {
    const busy = { jobId: 2n ** 200n, shard: 3, signature, elapsedMs: 4, receivedMs: 5, ruling: null };
    await challenges.saveAnswer(challenge(1, 1, { commit: commit(1) }));
    await challenges.saveAnswer(challenge(1, 1, { commit: commit(2) }));
    await challenges.saveAnswer(challenge(1, 2, { busy }));
    await challenges.saveAnswer(challenge(1, 2, { busy: { ...busy, ruling: { accepted: true, reason: 'paid' } } }));
    await challenges.saveAnswer(challenge(1, 3, { brokenMs: 6 }));
    const [first, second, third] = (await challenges.ofRound(1)) as [Challenge, Challenge, Challenge];
    expect(first.commit).toEqual(commit(1));
    expect(second.busy).toEqual({ ...busy, ruling: { accepted: true, reason: 'paid' } });
    expect(third.brokenMs).toBe(6);

    const reveal = { digest: bytes(4), bytes: 5, receivedMs: 6 };
    await challenges.saveReveal({ ...first, reveal });
    await challenges.saveReveal({ ...first, reveal: { ...reveal, bytes: 6 } });
    await challenges.saveVerdict(judged(first), transcript, false);
    await challenges.saveVerdict(judged(first, 'WRONG_RESULT'), transcript, false);
    const [kept] = await challenges.ofRound(1);
    expect(kept).toEqual({ ...judged(first), reveal });
    await challenges.saveVerdict(judged(first, 'WRONG_RESULT'), transcript, true);
    expect((await challenges.ofRound(1))[0]?.verdict?.code).toBe('WRONG_RESULT');
    await challenges.saveAnswer({ ...second, verdict: null, commit: commit(9) });
    expect((await challenges.ofRound(1))[1]?.commit).toEqual(commit(9));
  });

  it('finds commitments of earlier rounds only', async () => {
    expect(await challenges.seenBefore(1, [bytes(1)])).toEqual(new Set());
    expect(await challenges.seenBefore(2, [bytes(1), bytes(2)])).toEqual(new Set([toHex(bytes(1))]));
  });

  it('knows the newest accepted rate of each device, by task', async () => {
    for (const round of [2, 3]) {
      await rounds.schedule(slot(round));
      await rounds.open(round, draw, [challenge(round, 5), challenge(round, 6)]);
    }
    await challenges.saveVerdict(judged(challenge(3, 5), 'OK', 30n), transcript, false);
    await challenges.saveVerdict(judged(challenge(2, 5), 'OK', 20n), transcript, false);
    await challenges.saveVerdict(judged(challenge(3, 6), 'WRONG_RESULT', null), transcript, false);
    const devices = [5, 6, 7].map((nodeId) => ({ nodeId, device: 0 }));
    expect(await challenges.lastRates('gemm', devices)).toEqual(new Map([['5/0', 30n]]));
    expect(await challenges.lastRates('tree', devices)).toEqual(new Map());
  });

  it('offers the newest accepted challenge of each device for a second check, once', async () => {
    for (const round of [4, 5]) {
      await rounds.schedule(slot(round));
      await rounds.open(round, draw, [challenge(round, 8)]);
      await challenges.saveAnswer(challenge(round, 8, { commit: commit(20 + round) }));
      await rounds.sending(round, 1);
      await rounds.commit(round, { root: bytes(1), count: 1 }, [{ nodeId: 8, device: 0 }]);
      const [stored] = (await challenges.ofRound(round)) as [Challenge];
      await challenges.saveVerdict(judged(stored), transcript, false);
    }
    expect((await challenges.toCheckAgain(1, ['gemm'])).map(({ round }) => round)).toEqual([5]);
    expect(await challenges.toCheckAgain(1, ['tree'])).toEqual([]);
    await challenges.checkedAgain(challenge(5, 8));
    expect(await challenges.toCheckAgain(1, ['gemm'])).toEqual([]);
  });

  it('makes a round that never opened void, with the devices of the newest before it', async () => {
    await rounds.schedule(slot(6));
    const devices = await challenges.ofNewestBefore(6);
    expect(devices.map(({ round, nodeId }) => [round, nodeId])).toEqual([[5, 8]]);
    await challenges.insertNeutral([challenge(6, 8, { signature: null })]);
    await rounds.finish(6, 'the oracle was not running in time');
    const { reporter: _r, software: _s, ...scheduled } = slot(6);
    const nothing = { draw: null, commitments: null, anchor: null };
    const fault = 'the oracle was not running in time';
    expect(await rounds.find(6)).toEqual({ ...scheduled, state: 'void', ...nothing, fault });
    expect(await challenges.ofRound(6)).toHaveLength(1);
  });

  it('keeps the newest beat, and absences by their end', async () => {
    const { presence } = records;
    await presence.beat(5_000);
    await presence.beat(4_000);
    expect(await presence.aliveAt()).toBe(5_000);
    await presence.add({ fromMs: 2_000, toMs: 3_000, lostMs: 1_000, why: 'down' });
    await presence.add({ fromMs: 2_000, toMs: 3_000, lostMs: 1_000, why: 'down' });
    await presence.add({ fromMs: 6_000, toMs: 6_500, lostMs: 40_000, why: 'standstill' });
    expect(await presence.since(1_000)).toHaveLength(2);
    expect(await presence.since(3_000)).toEqual([{ fromMs: 6_000, toMs: 6_500, lostMs: 40_000, why: 'standstill' }]);
  });
});
