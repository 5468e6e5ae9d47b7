import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { id, Wallet } from 'ethers';
import { networkOf } from '../../src/config/networks';
import { DEVNET_CHAIN_ID, type DevnetNode } from '../../src/devnet/network';
import { fromHex } from '../../src/protocol/bytes';
import { hardwareClass } from '../../src/protocol/classes';
import { isSignedBy } from '../../src/protocol/eip712';
import { encodeFrame } from '../../src/protocol/messages';
import { PART_BYTES } from '../../src/protocol/opening-parts';
import { decide } from '../../src/protocol/rounds/decide';
import { FACTS } from '../../src/protocol/rounds/facts';
import { roundTimes } from '../../src/protocol/rounds/timetable';
import { answerOfBusy, verdictValue } from '../../src/protocol/signed-values';
import type { VerdictCode } from '../../src/protocol/verdicts';
import { TestOracle } from '../support/oracle';
import { until } from '../support/until';
import { AttackNode, Line, type Scene, TooSlow } from './attack-node';
import { type Fault, GemmChain, type GemmTask } from './gemm-chain';

/**
 * The table of attacks on rounds, line by line: several attackers to a round, two honest nodes beside them. The other
 * lines are tested elsewhere:
 *
 * | line | where |
 * |---|---|
 * | (a) to (e), (h) to (k) | here |
 * | (a) detection rates, a cheat outside the samples | src/protocol/tasks/gemm/verify.test.ts |
 * | (e) equal commitments, whatever was opened when | src/protocol/rounds/decide.test.ts |
 * | (f) bytes, frames, versions, HELLOs, floods; permessage-deflate | test/oracle/gateway/{gateway,attacks}.test.ts |
 * | (f) times of honest nodes beside floods | test/oracle/gateway/clock.test.ts, npm run bench:gateway |
 * | (g) idle sockets, half-open TCP; 257 sockets and a bad frame | test/oracle/gateway/{attacks,gateway}.test.ts |
 * | (h) every rule of BUSY | test/oracle/rounds/busy.test.ts, src/oracle/rounds/busy.test.ts |
 * | (k) class 3 in the API | test/api/api.test.ts |
 * | (k) a tree of another size than the circuit's | src/oracle/verification/tree.test.ts |
 * | software adapter in a GPU class (none is open) | src/protocol/{rounds/decide,measurement}.test.ts |
 * | kill -9 in a round | test/oracle/rounds/rounds.test.ts, test/crash/kill.test.ts |
 * | checkers killed | test/oracle/verification/pool.test.ts, npm run faults |
 * | the oracle suspended | test/oracle/gateway/clock.test.ts, npm run simulate:rounds, npm run faults |
 *
 * Where the protocol has changed since the table was written, its pages are followed: a jobId beyond uint256 is no frame
 * any more (4400, MALFORMED), and a commitment that is also another's is REPLAYED for whoever cannot open it, also when
 * nothing is opened at all.
 *
 * An attacker that a busy machine made late for its own round plays its line again; the honest nodes get no such grace.
 */
jest.setTimeout(400_000);

const SLOT_SECONDS = 25;
/** From the deployment to the first round: time to log in. */
const GENESIS_DELAY_SECONDS = 50;
const BYSTANDERS = [0, 1];
/** It says that it is a card of a data centre. */
const PRETENDER = 2;
const STRETCHER = 3;
/** Others commit to its work before it does. */
const VICTIM = 4;
const COPYCATS = [5, 6];
const NODES = Array.from({ length: 20 }, (_, nodeId): DevnetNode => {
  return { behaviour: 'honest', region: 'eu-west', hardwareClass: nodeId === PRETENDER ? 3 : 0 };
});
/** It works on a shard of the market, claimed before the first epoch. */
const WORKS_ON_SHARD = 11;
const SHARD = { jobId: 0n, shard: 0 };
const SHARD_PRICE_WEI = 5n * 10n ** 18n;
/** Share of its deadline that a node takes to stretch the next one; the rest is for a busy machine. */
const STRETCHED_SHARE = 0.8;
/** After the deadline, and well before a commitment is none any more. */
const LATE_BY_MS = 300;
const { commitEndMs, anchorEndMs, revealEndMs } = roundTimes(networkOf(DEVNET_CHAIN_ID).timetable);

const hex = (bytes: Buffer) => `0x${bytes.toString('hex')}`;

describe('rounds under attack', () => {
  let oracle: TestOracle;
  const nodes = new Map<number, AttackNode>();
  const lines: Line[] = [];

  /** A line of the table, named after it. Its node plays it in the first round that it fits. */
  const line = (
    nodeId: number,
    task: Line['task'],
    name: string,
    play: (scene: Scene) => Promise<unknown>,
    isReady?: (scene: Scene) => boolean,
  ) => {
    const added = new Line(nodeId, task, play, isReady);
    lines.push(added);
    it(name, () => added.played);
  };

  /** Waits for the verdict and compares it with the code. */
  const ends = async (scene: Scene, code: VerdictCode) => {
    const verdict = await scene.verdict(code);
    expect({ code: verdict.code, reason: verdict.reason }).toEqual({ code, reason: expect.any(String) });
    return verdict;
  };

  /** Commits to a run, right or with a fault, and gets the receipt. */
  const committed = async (scene: Scene, fault?: Fault) => {
    const chain = await GemmChain.of(scene.task, fault);
    await scene.commit(chain.commitment);
    await scene.receipt();
    return chain;
  };

  /** Commits, and opens when the coins are there. */
  const opened = async (scene: Scene, chain: GemmChain) => {
    const coins = await scene.coins();
    scene.open(chain.open(coins));
    return coins;
  };

  /** A run with a fault gets the verdict that its samples give. @returns the verdict's code */
  const sampled = async (scene: Scene, fault: Fault) => {
    const chain = await committed(scene, fault);
    const wrong = chain.firstWrong(await opened(scene, chain));
    const verdict = await ends(scene, wrong ? 'WRONG_RESULT' : 'OK');
    expect(verdict.sample).toEqual(wrong);
    expect(verdict.perfBps > 0).toBe(!wrong);
    return verdict.code;
  };

  /** The same for a fault that no 64 samples miss. */
  const caught = async (scene: Scene, fault: Fault) => expect(await sampled(scene, fault)).toBe('WRONG_RESULT');

  /** The transcript of a challenge. */
  const transcript = async (round: number, nodeId: number) => {
    const found = await oracle.until<{ document: string }>(
      `transcript of node ${nodeId} in round ${round}`,
      'SELECT document FROM oracle.transcripts WHERE round = $1 AND node_id = $2',
      [round, nodeId],
      150_000,
    );
    return JSON.parse(found.document);
  };

  /** What another node is asked in a round; the API shows it to everybody once it was sent. */
  const taskOf = async (round: number, nodeId: number): Promise<GemmTask> => {
    const [row] = await oracle.query<{ task_seed: Buffer; params: GemmTask['params'] }>(
      'SELECT task_seed, params FROM oracle.challenges WHERE round = $1 AND node_id = $2',
      [round, nodeId],
    );
    return { taskSeed: row!.task_seed, params: row!.params };
  };

  beforeAll(async () => {
    oracle = await TestOracle.start({ slotSeconds: SLOT_SECONDS, slotsPerEpoch: 100 }, GENESIS_DELAY_SECONDS, NODES);
    oracle.startOracle();
    for (const nodeId of BYSTANDERS) oracle.startNode(nodeId);
    const { accounts, genesisTime } = oracle.network;
    const send = async (transaction: Promise<{ wait(): Promise<unknown> }>) => (await transaction).wait();
    const market = (as: Wallet) => oracle.network.contract('JobMarket', as);
    const job = [0, 1, SHARD_PRICE_WEI, 0, 0, genesisTime + 3_600, id('job')];
    await send(market(accounts.client).getFunction('postJob')(...job));
    const claim = [SHARD.jobId, SHARD.shard, WORKS_ON_SHARD];
    await send(market(accounts.operators[WORKS_ON_SHARD]!).getFunction('claimShard')(...claim));
    for (let nodeId = PRETENDER; nodeId < NODES.length; nodeId++) {
      const own = lines.filter((one) => one.nodeId === nodeId);
      const node = new AttackNode(oracle, nodeId, own, nodeId !== PRETENDER);
      nodes.set(nodeId, node);
      // Until the oracle listens, nobody answers.
      await until(`login of node ${nodeId}`, () =>
        node.login().then(
          () => true,
          () => false,
        ),
      );
    }
    expect(Date.now() / 1000).toBeLessThan(genesisTime);
  });

  afterAll(async () => {
    for (const node of nodes.values()) node.leave();
    await oracle.remove();
  });

  describe('(a), (b) by work that was not done', () => {
    line(9, 'gemm', '(a) half of the columns, the rest copies: WRONG_RESULT', (scene) =>
      caught(scene, ({ n, bytes }) => {
        for (let start = n; start < bytes.length; start += 2 * n) bytes.copyWithin(start, start - n, start);
      }),
    );
    line(10, 'gemm', '(a) every second layer a copy: WRONG_RESULT', (scene) =>
      caught(scene, ({ t, bytes, before }) => {
        if (t % 2 === 0) bytes.set(before!);
      }),
    );
    line(11, 'gemm', '(a) 5 % of the columns zero: WRONG_RESULT, or OK where no sample falls on one', (scene) =>
      sampled(scene, ({ n, first, bytes }) => {
        for (let q = 0; q * n < bytes.length; q++) if ((first + q) % 20 === 0) bytes.fill(0, q * n, (q + 1) * n);
      }),
    );
    line(12, 'gemm', '(a) one column of 512: WRONG_RESULT, or OK where no sample falls on it', (scene) =>
      sampled(scene, ({ n, first, bytes }) => {
        if (first === 128) bytes.fill(0, 0, n);
      }),
    );
    line(13, 'gemm', '(a) one byte: WRONG_RESULT, or OK where no sample falls on it', (scene) =>
      sampled(scene, ({ t, first, bytes }) => {
        if (t === 1 && first === 0) bytes[5]! ^= 1;
      }),
    );
    line(14, 'gemm', '(b) half of the rows of each column: WRONG_RESULT', (scene) =>
      caught(scene, ({ n, bytes }) => {
        for (let start = 0; start < bytes.length; start += n) bytes.fill(0, start + n / 2, start + n);
      }),
    );
  });

  describe('(c) by a second COMMIT', () => {
    /** Back in a new session it opens the second commitment's chain, which is not what the first one is of. */
    const firstStands = async (scene: Scene, first: Buffer, second: GemmChain) => {
      await opened(scene, second);
      expect((await ends(scene, 'BAD_OPENING')).commitment).toBe(hex(first));
    };
    /** Commits to random bytes, waits, and commits to a right chain. */
    const commitTwice = async (scene: Scene, wait: () => Promise<unknown>) => {
      const first = randomBytes(32);
      await scene.commit(first);
      await wait();
      const second = await GemmChain.of(scene.task);
      await scene.commit(second.commitment);
      expect(await scene.closed()).toBe(4422);
      await scene.back();
      await firstStands(scene, first, second);
    };

    line(15, 'gemm', '(c) second COMMIT after COINS: 4422, then BAD_OPENING', (scene) =>
      commitTwice(scene, async () => {
        await scene.receipt();
        await scene.coins();
      }),
    );
    line(16, 'gemm', '(c) two COMMITs before the anchor: 4422; the first one stands -> BAD_OPENING', (scene) =>
      commitTwice(scene, () => scene.receipt()),
    );
    line(17, 'gemm', '(c) two COMMITs at once: 4422; the first one stands -> BAD_OPENING', async (scene) => {
      const first = randomBytes(32);
      const second = await GemmChain.of(scene.task);
      const frames = [await scene.signedCommit(first), await scene.signedCommit(second.commitment)];
      for (const frame of frames) scene.send(frame);
      expect(await scene.closed()).toBe(4422);
      await scene.back();
      // The first one was being written down when the session ended: sent again, it gets its receipt.
      await scene.commit(first);
      await scene.receipt();
      await firstStands(scene, first, second);
    });
  });

  describe('(d) by an OPEN', () => {
    line(17, 'gemm', '(d) right chain under another commitment: BAD_OPENING', async (scene) => {
      await scene.commit(randomBytes(32));
      await opened(scene, await GemmChain.of(scene.task));
      await ends(scene, 'BAD_OPENING');
    });
    line(18, 'gemm', '(d) random bytes: BAD_OPENING', async (scene) => {
      const chain = await committed(scene);
      scene.open(randomBytes(chain.open(await scene.coins()).length));
      await ends(scene, 'BAD_OPENING');
    });
    line(19, 'gemm', '(d) length 0: BAD_OPENING', async (scene) => {
      await committed(scene);
      await scene.coins();
      scene.open(new Uint8Array(0));
      await ends(scene, 'BAD_OPENING');
    });
    line(16, 'gemm', '(d) one byte more: BAD_OPENING', async (scene) => {
      const chain = await committed(scene);
      scene.open(Buffer.concat([chain.open(await scene.coins()), Buffer.alloc(1)]));
      await ends(scene, 'BAD_OPENING');
    });
    line(9, 'gemm', "(d) other coins' opening: BAD_OPENING", async (scene) => {
      const chain = await committed(scene);
      await scene.coins();
      scene.open(chain.open(randomBytes(32)));
      await ends(scene, 'BAD_OPENING');
    });
    line(7, 'any', '(d) OPEN announced 5 MB: 4413 each time, COINS again; NO_OPENING at the end', async (scene) => {
      await scene.commit(randomBytes(32));
      for (let time = 0; time < 2; time++) {
        await scene.coins();
        scene.open(new Uint8Array(5_000_000), 1);
        expect(await scene.closed()).toBe(4413);
        await scene.back();
      }
      await scene.coins();
      await ends(scene, 'NO_OPENING');
    });
    line(10, 'gemm', '(d) half an opening, drop, whole one: OK', async (scene) => {
      const chain = await committed(scene);
      const opening = chain.open(await scene.coins());
      expect(opening.length).toBeGreaterThan(PART_BYTES);
      scene.open(opening, 1);
      await scene.drop();
      await scene.back();
      await opened(scene, chain);
      await ends(scene, 'OK');
    });
    line(15, 'gemm', '(k) OPEN before COINS: 4422; back in time -> OK', async (scene) => {
      const chain = await committed(scene);
      scene.open(chain.open(randomBytes(32)), 1);
      expect(await scene.closed()).toBe(4422);
      await scene.back();
      await opened(scene, chain);
      await ends(scene, 'OK');
    });
  });

  describe('(e) by the commitment of others', () => {
    /** Who of victim and copycats has its commitment in, by round: those who were in time, and who were not. */
    const inTime = new Map<number, boolean[]>();
    const ofRound = (round: number) => inTime.get(round) ?? inTime.set(round, []).get(round)!;
    const untilIn = async (round: number, count: number) => {
      const found = ofRound(round);
      await until(`${count} commitments`, () => found.length >= count);
      // One alone shows nothing: all of them play again.
      if (found.includes(false)) throw new TooSlow('not all were in time');
    };
    const commitInTime = async (scene: Scene, chain: GemmChain) => {
      await scene.commit(chain.commitment);
      const isInTime = scene.receipt().then(
        () => true,
        () => false,
      );
      ofRound(scene.round).push(await isInTime);
    };

    /** Commits to the victim's work of the same round, before the victim does. */
    const copy = async (scene: Scene) => {
      const chain = await GemmChain.of(await taskOf(scene.round, VICTIM));
      await commitInTime(scene, chain);
      await untilIn(scene.round, COPYCATS.length + 1);
      return chain;
    };
    const replayed = async (scene: Scene, where: string) => {
      const { reason } = await ends(scene, 'REPLAYED');
      expect(reason).toContain(where);
    };

    line(VICTIM, 'gemm', "(e) another's commitment of this round, sent first: the victim is OK", async (scene) => {
      const chain = await GemmChain.of(scene.task);
      try {
        await untilIn(scene.round, COPYCATS.length);
      } finally {
        await commitInTime(scene, chain);
      }
      await untilIn(scene.round, COPYCATS.length + 1);
      await opened(scene, chain);
      await ends(scene, 'OK');
    });
    line(
      COPYCATS[0]!,
      'gemm',
      "(e) another's commitment of this round, sent first, opened: REPLAYED",
      async (scene) => {
        await opened(scene, await copy(scene));
        await replayed(scene, 'another one of this round');
      },
    );
    line(
      COPYCATS[1]!,
      'gemm',
      "(e) another's commitment of this round, sent first, then silence: REPLAYED",
      async (scene) => {
        await copy(scene);
        await scene.coins();
        await replayed(scene, 'another one of this round');
      },
    );
    line(
      18,
      'any',
      "(e) another node's commitment of an earlier round: REPLAYED",
      async (scene) => {
        const [row] = await oracle.query<{ commitment: Buffer }>(
          `SELECT commitment FROM oracle.challenges
           WHERE node_id = $1 AND round < $2 AND commitment IS NOT NULL ORDER BY round DESC LIMIT 1`,
          [BYSTANDERS[0], scene.round],
        );
        await scene.commit(row!.commitment);
        await scene.coins();
        scene.open(randomBytes(1_000));
        await replayed(scene, 'one of an earlier round');
      },
      ({ round }) => round > 0,
    );
    const ownBefore = ({ node, round }: Scene) =>
      node.heard.find((frame) => frame.type === 'RECEIPT' && frame.round < round);
    line(
      19,
      'any',
      '(e) own commitment of an earlier round: REPLAYED',
      async (scene) => {
        const receipt = ownBefore(scene);
        await scene.commit(fromHex(receipt?.type === 'RECEIPT' ? receipt.answer : '', 32));
        await scene.coins();
        scene.open(randomBytes(1_000));
        await replayed(scene, 'one of an earlier round');
      },
      (scene) => ownBefore(scene) !== undefined,
    );
  });

  describe('(h) by BUSY', () => {
    const claimed = async (scene: Scene, jobId: bigint, shard: number) => {
      await scene.busy(jobId, shard);
      expect((await scene.receipt()).answer).toBe(answerOfBusy({ jobId: jobId.toString(), shard }));
    };

    line(9, 'any', '(h) BUSY, no such job: TIMEOUT "does not excuse"', async (scene) => {
      await claimed(scene, 999n, 0);
      expect((await ends(scene, 'TIMEOUT')).reason).toContain('does not excuse: there is no such shard');
    });
    line(10, 'any', '(h) BUSY, jobId > uint256: 4400, MALFORMED', async (scene) => {
      const claim = { jobId: (2n ** 256n).toString(), shard: 0, signature: `0x${'11'.repeat(65)}` };
      scene.send(encodeFrame('BUSY', { round: scene.round, device: 0, ...claim }));
      expect(await scene.closed()).toBe(4400);
      await ends(scene, 'MALFORMED');
    });
    line(WORKS_ON_SHARD, 'any', '(h) BUSY with a shard that it holds: BUSY', async (scene) => {
      await claimed(scene, SHARD.jobId, SHARD.shard);
      await ends(scene, 'BUSY');
    });
    line(12, 'any', 'BUSY then COMMIT: TIMEOUT, the largest jobId there is', async (scene) => {
      await claimed(scene, 2n ** 256n - 1n, 0xffff);
      await scene.commit(randomBytes(32));
      const { commitment, reason } = await ends(scene, 'TIMEOUT');
      expect({ commitment, reason }).toEqual({ commitment: null, reason: expect.stringContaining('does not excuse') });
    });
    line(11, 'gemm', 'COMMIT then BUSY: 4422, the commitment stands -> OK', async (scene) => {
      const chain = await committed(scene);
      await scene.busy(SHARD.jobId, SHARD.shard);
      expect(await scene.closed()).toBe(4422);
      await scene.back();
      await opened(scene, chain);
      await ends(scene, 'OK');
    });
  });

  describe('(i), (j) by sessions', () => {
    /** The verdict counts from the first sending of the challenge, whatever became of the session. */
    const elapsedTruly = async (scene: Scene) => {
      const { elapsedMs: receiptMs } = await scene.receipt();
      const receivedAt = Date.now();
      const [round] = await oracle.query<{ sent_at: Date }>('SELECT sent_at FROM oracle.rounds WHERE round = $1', [
        scene.round,
      ]);
      return async () => {
        const { elapsedMs } = await ends(scene, 'OK');
        expect(elapsedMs).toBe(receiptMs);
        expect(elapsedMs).toBeGreaterThanOrEqual(Math.floor(scene.committedAtMs - scene.challengedAtMs));
        // The wall clock counts whole milliseconds.
        expect(elapsedMs).toBeLessThanOrEqual(receivedAt - round!.sent_at.getTime() + 2);
      };
    };

    line(12, 'gemm', '(i) second session mid-challenge: older 4409; COMMIT over the new one OK', async (scene) => {
      const older = scene.session;
      const chain = await GemmChain.of(scene.task);
      await scene.back();
      expect(await older.closed()).toBe(4409);
      await scene.commit(chain.commitment);
      const isTrue = await elapsedTruly(scene);
      await opened(scene, chain);
      await isTrue();
    });
    line(13, 'gemm', '(j) drop at CHALLENGE, back, COMMIT: OK at true elapsed', async (scene) => {
      await scene.drop();
      const chain = await GemmChain.of(scene.task);
      await sleep(1_000);
      await scene.back();
      await scene.commit(chain.commitment);
      const isTrue = await elapsedTruly(scene);
      await opened(scene, chain);
      await isTrue();
    });
    line(14, 'gemm', '(j) drop at COINS, back later: OK', async (scene) => {
      const chain = await committed(scene);
      await scene.coins();
      await scene.drop();
      await sleep(3_000);
      await scene.back();
      await opened(scene, chain);
      await ends(scene, 'OK');
    });
    line(8, 'any', '(j) drop at COINS, back never: NO_OPENING', async (scene) => {
      await scene.commit(randomBytes(32));
      await scene.coins();
      await scene.drop();
      expect((await transcript(scene.round, scene.nodeId)).verdict.code).toBe('NO_OPENING');
    });
  });

  describe('(k) by frames that must not come, and by time', () => {
    /** What is no answer ends the session, and the challenge with it. */
    const malformed = async (scene: Scene, code: number) => {
      expect(await scene.closed()).toBe(code);
      expect((await ends(scene, 'MALFORMED')).commitment).toBeNull();
    };

    line(13, 'any', '(k) COMMIT for another device: 4422, MALFORMED', async (scene) => {
      await scene.commit(randomBytes(32), { device: 1 });
      await malformed(scene, 4422);
    });
    line(14, 'any', '(k) COMMIT for a future round: 4422, MALFORMED', async (scene) => {
      await scene.commit(randomBytes(32), { round: scene.round + 1 });
      await malformed(scene, 4422);
    });
    line(15, 'any', '(k) garbage mid-challenge: 4400, MALFORMED', async (scene) => {
      scene.send('garbage');
      await malformed(scene, 4400);
    });
    line(16, 'any', '(k) COMMIT with another key: 4403, MALFORMED', async (scene) => {
      await scene.commit(randomBytes(32), { worker: new Wallet(Wallet.createRandom().privateKey) });
      await malformed(scene, 4403);
    });
    line(17, 'any', '(k) COMMIT after the deadline: LATE', async (scene) => {
      await sleep(scene.challenge.deadlineMs + LATE_BY_MS);
      await scene.commit(randomBytes(32));
      expect((await ends(scene, 'LATE')).elapsedMs).toBeGreaterThan(scene.challenge.deadlineMs);
    });

    const deadlines: number[] = [];
    const { minDeadlineMs, commitWindowMs } = hardwareClass(0);
    for (const time of ['first', 'second', 'third']) {
      line(STRETCHER, 'gemm', `(k) slow node stretching its deadline, ${time} time: OK`, async (scene) => {
        const { deadlineMs } = scene.challenge;
        const chain = await GemmChain.of(scene.task);
        await sleep(STRETCHED_SHARE * deadlineMs - (performance.now() - scene.challengedAtMs));
        await scene.commit(chain.commitment);
        await opened(scene, chain);
        await ends(scene, 'OK');
        deadlines.push(deadlineMs);
      });
    }
    it("(k) slow node stretching its deadline: to the commit window and no further, and nobody else's times move", async () => {
      expect(deadlines).toEqual([minDeadlineMs, expect.any(Number), commitWindowMs]);
      const rows = await oracle.query<{ document: string }>('SELECT document FROM oracle.transcripts');
      const facts = rows.map(({ document }) => FACTS.parse(JSON.parse(document).facts));
      expect(new Set(facts.map((one) => one.revealEndMs))).toEqual(new Set([revealEndMs]));
      const coinsMs = facts.flatMap((one) => (one.coinsMs === null ? [] : [one.coinsMs]));
      expect(Math.min(...coinsMs)).toBeGreaterThanOrEqual(commitEndMs);
      expect(Math.max(...coinsMs)).toBeLessThanOrEqual(anchorEndMs);
    });

    it('(k) class 3 without a GPU: not challenged, and the log says that the class is closed', async () => {
      const pretender = nodes.get(PRETENDER)!;
      expect(pretender.session.isOpen).toBe(true);
      expect(pretender.heard.map(({ type }) => type)).toEqual(['WELCOME', 'READY']);
      expect(await oracle.query('SELECT 1 FROM oracle.challenges WHERE node_id = $1', [PRETENDER])).toEqual([]);
      expect(oracle.said).toMatch(/nodes of closed hardware classes are not challenged/);
    });
  });

  describe('beside all that', () => {
    it('closes every round, with OK for the honest nodes', async () => {
      const judged = [...nodes.values()].flatMap(({ heard }) => heard.filter((frame) => frame.type === 'VERDICT'));
      const last = Math.max(...judged.map(({ round }) => round));
      const unfinished = "SELECT 1 FROM oracle.rounds WHERE round <= $1 AND state NOT IN ('closed', 'void')";
      await until('end of the rounds', async () => (await oracle.query(unfinished, [last])).length === 0, 150_000);
      const rounds = await oracle.query(
        'SELECT round::int, state, fault FROM oracle.rounds WHERE round <= $1 ORDER BY round',
        [last],
      );
      expect(rounds).toEqual(Array.from({ length: last + 1 }, (_, round) => ({ round, state: 'closed', fault: null })));
      const verdicts = await oracle.query(
        `SELECT round::int, node_id::int, verdict FROM oracle.challenges
         WHERE round <= $1 AND node_id = ANY($2) ORDER BY round, node_id`,
        [last, BYSTANDERS],
      );
      expect(verdicts).toEqual(
        rounds.flatMap((_, round) => BYSTANDERS.map((node_id) => ({ round, node_id, verdict: 'OK' }))),
      );
    });

    it('signs every RECEIPT and VERDICT, and both say what the transcript says', async () => {
      let verdicts = 0;
      for (const { nodeId, heard, unsigned, domain } of nodes.values()) {
        expect(unsigned).toEqual([]);
        for (const frame of heard) {
          if (frame.type !== 'VERDICT') continue;
          verdicts += 1;
          const { round, code, reason, commitment, revealDigest, signature } = frame;
          const { commit, open, busy, challenge, facts, verdict } = await transcript(round, nodeId);
          expect({ code, reason, commitment, revealDigest, signature }).toEqual({
            ...{ code: verdict.code, reason: verdict.reason, signature: verdict.signature },
            ...{ commitment: commit.commitment, revealDigest: open.sha256 },
          });
          expect(decide(FACTS.parse(facts))).toMatchObject({ code, reason });
          const reporter = oracle.network.accounts.reporters[0]!.address;
          expect(isSignedBy(reporter, domain, 'Verdict', verdictValue(frame, nodeId), signature)).toBe(true);
          const answered = commitment ?? (busy && answerOfBusy({ jobId: busy.job, shard: busy.shard }));
          const receipts = heard.filter((one) => one.type === 'RECEIPT' && one.round === round);
          expect(receipts.length > 0).toBe(Boolean(answered));
          const { taskSeed } = challenge;
          // An answer that is sent again gets its receipt again.
          for (const receipt of receipts) expect(receipt).toMatchObject({ taskSeed, answer: answered });
          if (commitment) expect(receipts[0]).toMatchObject({ elapsedMs: frame.elapsedMs });
        }
      }
      expect(verdicts).toBeGreaterThanOrEqual(lines.length - 1);
    });
  });
});
