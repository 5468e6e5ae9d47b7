import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@subsquid/logger';
import { Wallet } from 'ethers';
import { ReferenceRun } from '../../../src/bench/fixtures/gemm-reference';
import { EvidenceStore } from '../../../src/oracle/evidence/store';
import { type BackstopContext, runBackstop } from '../../../src/oracle/rounds/backstop';
import type { Opening } from '../../../src/oracle/rounds/states';
import { coinsOf } from '../../../src/oracle/rounds/transcript';
import { giveVerdict } from '../../../src/oracle/rounds/verdict';
import { ChallengeStore } from '../../../src/oracle/store/challenges';
import { Database, openPool } from '../../../src/oracle/store/database';
import { migrateOracleSchema } from '../../../src/oracle/store/migrate';
import { type Challenge, UNANSWERED } from '../../../src/oracle/store/model';
import { RoundStore } from '../../../src/oracle/store/rounds';
import type { Check } from '../../../src/oracle/verification/check';
import { VerifierPool } from '../../../src/oracle/verification/pool';
import { fromHex, toHex } from '../../../src/protocol/bytes';
import { dpinDomain, signMessage } from '../../../src/protocol/eip712';
import { decide } from '../../../src/protocol/rounds/decide';
import type { Facts } from '../../../src/protocol/rounds/facts';
import { coinHash } from '../../../src/protocol/seeds';
import { gemmSamples, sampledTransitions } from '../../../src/protocol/tasks/gemm';
import { SYSTEM_CLOCK } from '../../../src/runtime/clock';
import { startTestPostgres, type TestPostgres } from '../../support/postgres';

const params = { task: 'gemm', n: 64, w: 16, T: 2, K: 1, m: 2 } as const;
const taskSeed = new Uint8Array(32).fill(9);
const log = createLogger('dpin:test');
const stop = new AbortController();
const address = (byte: string) => `0x${byte.repeat(20)}`;

describe('backstop', () => {
  let postgres: TestPostgres;
  let database: Database;
  let rounds: RoundStore;
  let challenges: ChallengeStore;
  let evidence: EvidenceStore;
  let ctx: BackstopContext;
  const folder = mkdtempSync(join(tmpdir(), 'dpin-backstop-'));
  const checker = new VerifierPool({ workers: 1, log });
  const reporter = new Wallet(`0x${'01'.repeat(32)}`);
  const domain = dpinDomain(31337, address('0b'));

  beforeAll(async () => {
    postgres = await startTestPostgres();
    database = new Database(openPool(postgres.env, log), log, stop.signal);
    await migrateOracleSchema(database.pool);
    await checker.start();
    rounds = new RoundStore(database);
    challenges = new ChallengeStore(database);
    evidence = await EvidenceStore.open({ folder, maxBytes: 1e9, challengeWindowMs: 1, log });
    ctx = {
      chain: { chainId: 31337, oracleAddress: address('0a'), registry: address('0b') },
      rounds,
      challenges,
      evidence,
      checker,
      gateway: { send: () => undefined },
      signer: { sign: (message, value) => signMessage(reporter, domain, message, value), isSignedBy: () => false },
      reporter: address('0c'),
      software: 'test/1',
      clock: SYSTEM_CLOCK,
      log,
      signal: stop.signal,
    };
  });

  afterAll(async () => {
    await checker.close();
    await database.pool.end();
    await postgres.remove();
    rmSync(folder, { recursive: true });
  });

  /** A round of one node, anchored; the node's commitment and reveal follow. */
  async function anchoredRound(number: number, commitment: Uint8Array): Promise<Opening> {
    const secret = new Uint8Array(32).fill(number + 1);
    await rounds.schedule({
      ...{ round: number, epoch: number, reporter: ctx.reporter, software: 'test/1' },
      ...{ slotStartMs: 1000, slotEndMs: 2000, startAtMs: 1000 },
      timetable: { prepareMs: 0, commitMs: 10, anchorMs: 10, revealMs: 10, verdictMs: 10 },
    });
    const challenge: Challenge = {
      ...{ round: number, epoch: number, nodeId: 0, device: 0, hardwareClass: 0, workerKey: address('01') },
      ...{ operator: address('02'), rewardRecipient: address('03'), params, taskSeed },
      ...{ referencePerMs: 1n, expectedMs: 1, deadlineMs: 6000 },
      ...UNANSWERED,
      signature: `0x${'00'.repeat(65)}`,
    };
    const draw = {
      ...{ task: 'gemm' as const, openBlock: 1, openBlockHash: `0x${'0d'.repeat(32)}`, openBlockTimeMs: 1000 },
      ...{ nonce: new Uint8Array(32), coinSecret: secret, coinHash: coinHash(secret), roundSeed: new Uint8Array(32) },
    };
    await rounds.open(number, draw, [challenge]);
    await rounds.sending(number, 1000);
    const commit = { commitment, signature: `0x${'00'.repeat(65)}`, elapsedMs: 10, receivedMs: 10 };
    await challenges.saveAnswer({ ...challenge, commit });
    await rounds.commit(number, { root: new Uint8Array(32).fill(3), count: 1 }, [challenge]);
    await rounds.anchoring(number);
    const anchor = { txHash: null, blockNumber: 2, blockHash: `0x${'0e'.repeat(32)}`, blockTimeMs: 1500 };
    await rounds.opening(number, anchor);
    await rounds.coinsSent(number, 5);
    const round = (await rounds.find(number))!;
    if (round.state !== 'opening') throw new Error(`the round is ${round.state}`);
    return round;
  }

  /** An accepted reveal, as the rounds leave it. */
  async function accepted(number: number, chainOf: (coins: Uint8Array) => ReferenceRun): Promise<void> {
    // The coins do not depend on the commitment here: the root of these rounds is made up.
    const coins = coinsOf(
      {
        draw: { coinSecret: new Uint8Array(32).fill(number + 1) } as Opening['draw'],
        commitments: { root: new Uint8Array(32).fill(3), count: 1 },
        anchor: { blockHash: `0x${'0e'.repeat(32)}` } as Opening['anchor'],
      },
      { nodeId: 0, device: 0 },
    );
    const chain = chainOf(coins);
    const opening = chain.open(coins);
    const round = await anchoredRound(number, chain.commitment);
    const check = {
      label: 'test',
      taskSeed,
      commitment: chain.commitment,
      coins,
      params,
      opening: async () => opening,
    };
    const { code, reason, numbers } = await checker.check({ kind: 'opening', ...check });
    expect({ code, reason }).toMatchObject({ code: 'OK' });
    const digest = fromHex(await evidence.put(opening), 32);
    const [committed] = (await challenges.ofRound(number)) as [Challenge];
    const revealed = { ...committed, reveal: { digest, bytes: opening.length, receivedMs: 6 } };
    await challenges.saveReveal(revealed);
    const facts: Facts = {
      ...{
        deadlineMs: 6000,
        revealEndMs: 30,
        opened: true,
        sentMs: 0,
        turnedAway: false,
        softwareAdapter: false,
        brokenMs: null,
      },
      ...{ commit: { receivedMs: 10, elapsedMs: 10 }, busy: null, anchored: true, shared: null },
      ...{ coinsMs: 5, revealMs: 6, check: { code: 'OK', reason, numbers }, absences: [], fault: null },
    };
    await giveVerdict(ctx, round, revealed, { finding: decide(facts), facts, sample: null, path: [] });
    await rounds.finish(number, null);
  }

  const verdictOf = async (round: number) => {
    const [challenge] = await challenges.ofRound(round);
    const [transcript] = await database.query<{ document: string }>(
      'SELECT document FROM transcripts WHERE round = $1',
      [round],
    );
    return { verdict: challenge!.verdict!, transcript: JSON.parse(transcript!.document) };
  };

  it('leaves the verdict of honest work', async () => {
    await accepted(1, () => new ReferenceRun(taskSeed, params));
    await runBackstop(ctx, 1);
    expect((await verdictOf(1)).verdict).toMatchObject({ code: 'OK' });
    expect(await challenges.toCheckAgain(1, ['gemm'])).toEqual([]);
    // 2·64²·16·2 operations in 10 ms; the device without a history has no rate.
    const rates = await challenges.lastRates(
      'gemm',
      [0, 9].map((nodeId) => ({ nodeId, device: 0 })),
    );
    expect(rates).toEqual(new Map([['0/0', 26_214n]]));
    expect(await challenges.lastRates('tree', [{ nodeId: 0, device: 0 }])).toEqual(new Map());
  });

  it('turns the verdict of a column that is wrong outside the samples', async () => {
    await accepted(2, (coins) => {
      const [sample] = gemmSamples(coins, params);
      const sampled = new Set(sampledTransitions(sample!, params).flatMap(({ rows }) => rows));
      const spared = Array.from({ length: params.n }, (_, row) => row).find((row) => !sampled.has(row))!;
      return new ReferenceRun(taskSeed, params, (t, j, honest) => {
        const column = honest();
        // In the last layer nothing builds on it.
        if (t === params.T && j === sample!.j) column[spared] = column[spared]! ^ 1;
        return column;
      });
    });
    const before = await verdictOf(2);
    expect(before.verdict.code).toBe('OK');
    await runBackstop(ctx, 2);
    const after = await verdictOf(2);
    expect(after.verdict).toMatchObject({ code: 'WRONG_RESULT', group: 'fail', perfBps: null });
    expect(after.verdict.reason).toContain('backstop');
    expect(after.transcript.verdict.code).toBe('WRONG_RESULT');
    expect(after.transcript.verdict.signature).toBe(after.verdict.signature);
    expect(after.transcript.anchor.coinSecret).toBe(toHex(new Uint8Array(32).fill(3)));
  });

  it('leaves out a reveal that is gone, so that the epoch can be measured', async () => {
    await accepted(3, () => new ReferenceRun(taskSeed, params));
    await runBackstop({ ...ctx, evidence: { put: (bytes) => evidence.put(bytes), get: async () => null } }, 3);
    expect((await verdictOf(3)).verdict).toMatchObject({ code: 'OK' });
    expect(await challenges.toCheckAgain(3, ['gemm'])).toEqual([]);
  });

  it('judges whatever bytes arrive and survives a check that cannot be made', async () => {
    const check = { label: 'test', taskSeed, commitment: new Uint8Array(32), coins: new Uint8Array(32), params };
    const checked = (bytes: Uint8Array, over: Partial<Check> = {}) =>
      checker.check({ kind: 'opening', ...check, opening: async () => bytes, ...over });
    for (const opening of [new Uint8Array(0), new Uint8Array(5000).fill(7)]) {
      expect(await checked(opening)).toMatchObject({ code: 'BAD_OPENING' });
    }
    const tree = { task: 'tree', n: 6, w: 4, T: 0, K: 8, m: 0 } as const;
    expect(await checked(Buffer.from('{"pi_a":1}'), { params: tree })).toMatchObject({ code: 'PROOF_INVALID' });
    expect(await checked(new Uint8Array(1), { params: { ...params, n: 63 } })).toMatchObject({ code: 'UNCHECKABLE' });
  });
});
