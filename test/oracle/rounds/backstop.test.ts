import { createLogger } from '@subsquid/logger';
import { Wallet } from 'ethers';
import { ReferenceRun } from '../../../src/bench/fixtures/gemm-reference';
import { type BackstopContext, runBackstop } from '../../../src/oracle/rounds/backstop';
import type { Opening } from '../../../src/oracle/rounds/states';
import { coinsOf } from '../../../src/oracle/rounds/transcript';
import { giveVerdict } from '../../../src/oracle/rounds/verdict';
import { ChallengeStore } from '../../../src/oracle/store/challenges';
import { Database, openPool } from '../../../src/oracle/store/database';
import { migrateOracleSchema } from '../../../src/oracle/store/migrate';
import { type Challenge, UNANSWERED } from '../../../src/oracle/store/model';
import { OpeningStore } from '../../../src/oracle/store/openings';
import { RoundStore } from '../../../src/oracle/store/rounds';
import { Verifier } from '../../../src/oracle/verification/verifier';
import { toHex } from '../../../src/protocol/bytes';
import { dpinDomain } from '../../../src/protocol/eip712';
import { coinHash } from '../../../src/protocol/seeds';
import { gemmSamples, sampledTransitions } from '../../../src/protocol/tasks/gemm';
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
  let openings: OpeningStore;
  let ctx: BackstopContext;
  const verifier = new Verifier();

  beforeAll(async () => {
    postgres = await startTestPostgres();
    database = new Database(openPool(postgres.env, log), log, stop.signal);
    await migrateOracleSchema(database.pool);
    await verifier.start();
    rounds = new RoundStore(database);
    challenges = new ChallengeStore(database);
    openings = new OpeningStore(database);
    ctx = {
      chain: { chainId: 31337 },
      oracleAddress: address('0a'),
      rounds,
      challenges,
      openings,
      verifier,
      gateway: { send: () => null },
      signer: new Wallet(`0x${'01'.repeat(32)}`),
      domain: dpinDomain(31337, address('0b')),
      reporter: address('0c'),
      software: 'test/1',
      log,
      signal: stop.signal,
    };
  });

  afterAll(async () => {
    await verifier.close();
    await database.pool.end();
    await postgres.remove();
  });

  /** A round of one node, anchored; the node's commitment follows. */
  async function anchoredRound(number: number): Promise<{ round: Opening; challenge: Challenge }> {
    const secret = new Uint8Array(32).fill(number + 1);
    await rounds.schedule({
      round: number,
      epoch: number,
      reporter: ctx.reporter,
      slotStartMs: 1000,
      slotEndMs: 2000,
      startOffsetMs: 0,
      software: 'test/1',
    });
    const scheduled = (await rounds.find(number))!;
    const challenge: Challenge = {
      round: number,
      epoch: number,
      nodeId: 0,
      device: 0,
      hardwareClass: 0,
      workerKey: address('01'),
      operator: address('02'),
      rewardRecipient: address('03'),
      params,
      taskSeed,
      referencePerMs: 1n,
      expectedMs: 1,
      deadlineMs: 6000,
      ...UNANSWERED,
      signature: `0x${'00'.repeat(65)}`,
    };
    const draw = {
      task: 'gemm' as const,
      openBlock: 1,
      openBlockHash: `0x${'0d'.repeat(32)}`,
      openBlockTimeMs: 1000,
      nonce: new Uint8Array(32),
      coinSecret: secret,
      coinHash: coinHash(secret),
      roundSeed: new Uint8Array(32),
    };
    await rounds.open(number, draw, [challenge]);
    await rounds.commit(number, { root: new Uint8Array(32).fill(3), count: 1 }, [challenge]);
    await rounds.anchoring(number);
    const anchor = { txHash: null, blockNumber: 2, blockHash: `0x${'0e'.repeat(32)}`, blockTimeMs: 1500 };
    await rounds.opening(number, anchor, Date.now());
    expect(scheduled.state).toBe('scheduled');
    const round = (await rounds.find(number))!;
    if (round.state !== 'opening') throw new Error(`the round is ${round.state}`);
    return { round, challenge: { ...challenge, leafIndex: 0 } };
  }

  async function accepted(number: number, chainOf: (coins: Uint8Array) => ReferenceRun): Promise<void> {
    const { round, challenge: asked } = await anchoredRound(number);
    const coins = coinsOf(round, asked);
    const chain = chainOf(coins);
    const commit = { commitment: chain.commitment, signature: `0x${'00'.repeat(65)}`, elapsedMs: 10 };
    const challenge = { ...asked, commit };
    await challenges.saveCommitment(challenge);
    const opening = chain.open(coins);
    const check = { taskSeed, commitment: chain.commitment, coins, params, opening };
    const { code, reason, numbers } = await verifier.check({ kind: 'opening', ...check });
    expect({ code, reason }).toMatchObject({ code: 'OK' });
    await openings.keep({ challenge, coins, opening });
    await giveVerdict(ctx, round, challenge, { code, reason, numbers });
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
    expect(await openings.toCheck(1)).toEqual([]);
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

  it('judges whatever bytes arrive and survives a check that cannot be made', async () => {
    const check = { taskSeed, commitment: new Uint8Array(32), coins: new Uint8Array(32), params };
    for (const opening of [new Uint8Array(0), new Uint8Array(5000).fill(7)]) {
      expect(await verifier.check({ kind: 'opening', ...check, opening })).toMatchObject({ code: 'BAD_OPENING' });
    }
    const tree = { task: 'tree', n: 6, w: 4, T: 0, K: 8, m: 0 } as const;
    const rubbish = { ...check, kind: 'opening' as const, params: tree, opening: Buffer.from('{"pi_a":1}') };
    expect(await verifier.check(rubbish)).toMatchObject({ code: 'PROOF_INVALID' });
    const impossible = { ...check, kind: 'opening' as const, params: { ...params, n: 63 }, opening: new Uint8Array(1) };
    expect(await verifier.check(impossible)).toMatchObject({ code: 'BAD_OPENING' });
  });
});
