import type { Logger } from '@subsquid/logger';
import { Wallet } from 'ethers';
import { ReferenceRun } from '../../src/bench/fixtures/gemm-reference';
import type { EvidenceStore } from '../../src/oracle/evidence/store';
import type { Anchored, Opening, Scheduled } from '../../src/oracle/rounds/states';
import { coinsOf } from '../../src/oracle/rounds/transcript';
import { giveVerdict, type VerdictContext } from '../../src/oracle/rounds/verdict';
import { type Challenge, UNANSWERED } from '../../src/oracle/store/model';
import { runCheck } from '../../src/oracle/verification';
import { fromHex, toHex } from '../../src/protocol/bytes';
import { hardwareClass } from '../../src/protocol/classes';
import { dpinDomain, signMessage } from '../../src/protocol/eip712';
import { anchorLeaves, merklePath, merkleRoot } from '../../src/protocol/merkle';
import { decide } from '../../src/protocol/rounds/decide';
import type { Facts } from '../../src/protocol/rounds/facts';
import { roundTimes } from '../../src/protocol/rounds/timetable';
import { coinHash, roundSeed, taskSeed } from '../../src/protocol/seeds';
import { drawTask, referenceRate, TASKS, type TaskName, type TaskParams } from '../../src/protocol/tasks';
import { rootToBytes } from '../../src/protocol/tasks/tree';
import { SYSTEM_CLOCK } from '../../src/runtime/clock';
import { buildTaskTree, proveTree } from '../../src/zk/tree';

const ORACLE = `0x${'0a'.repeat(20)}`;
const REGISTRY = `0x${'0b'.repeat(20)}`;
const CHAIN_ID = 31_337;
const domain = dpinDomain(CHAIN_ID, REGISTRY);
const reporter = new Wallet(`0x${'01'.repeat(32)}`);
const worker = new Wallet(`0x${'02'.repeat(32)}`);
const timetable = { prepareMs: 0, commitMs: 11_000, anchorMs: 9_000, revealMs: 60_000, verdictMs: 20_000 };
const COIN_SECRET = new Uint8Array(32).fill(4);
const SIZES: Record<TaskName, TaskParams> = {
  gemm: { task: 'gemm', n: 512, w: 512, T: 2, K: 64, m: 2 },
  tree: { task: 'tree', n: 6, w: 4, T: 0, K: 8, m: 0 },
};
const DEADLINE_MS = 6_000;
/** Facts of a challenge that went out and got no answer. */
const SILENT: Facts = {
  ...{ deadlineMs: DEADLINE_MS, revealEndMs: roundTimes(timetable).revealEndMs, opened: true, sentMs: 0 },
  ...{
    turnedAway: false,
    softwareAdapter: false,
    brokenMs: null,
    commit: null,
    busy: null,
    anchored: false,
    shared: null,
  },
  ...{ coinsMs: null, revealMs: null, check: null, absences: [], fault: null },
};

/** What a node does with its task: its commitment, and what it reveals. */
export interface Work {
  commitment: Uint8Array;
  reveal(coins: Uint8Array): Promise<Uint8Array>;
}

/** gemm as the protocol has it. @param cheat changes what the node computes */
export function gemmWork(seed: Uint8Array, cheat?: (t: number, j: number, honest: () => Int8Array) => Int8Array): Work {
  const run = new ReferenceRun(seed, SIZES.gemm, cheat);
  return { commitment: run.commitment, reveal: async (coins) => run.open(coins) };
}

/** tree with its proof. */
export async function treeWork(seed: Uint8Array): Promise<Work> {
  const tree = await buildTaskTree(seed);
  return {
    commitment: rootToBytes(tree.root),
    reveal: async (coins) => Buffer.from(JSON.stringify((await proveTree({ taskSeed: seed, coins, tree })).proof)),
  };
}

/** Records challenges as a reporter does, with its own code, into a store. */
export class Recorder {
  constructor(
    private readonly evidence: EvidenceStore,
    private readonly log: Logger,
  ) {}

  /** An anchored challenge whose node did some work and revealed it. @param told changes the facts: a reporter's lie */
  async worked(
    task: TaskName,
    work: (seed: Uint8Array) => Work | Promise<Work>,
    told: (facts: Facts) => Facts = (facts) => facts,
    kind: 'opening' | 'backstop' = 'opening',
  ): Promise<string> {
    const challenge = await this.challenge(task);
    const { commitment, reveal } = await work(challenge.taskSeed);
    const committed = await commit(challenge, commitment);
    const others = [{ nodeId: 9, device: 0, commitment: new Uint8Array(32).fill(8), elapsedMs: 77 }];
    const leaves = anchorLeaves([{ nodeId: 7, device: 0, ...committed.commit }, ...others]);
    const round: Opening = {
      ...slot(),
      ...{ state: 'opening', sentAtMs: 1_000, coinsMs: 12_000, draw: drawOf(task) },
      commitments: { root: merkleRoot(leaves), count: leaves.length },
      anchor: {
        txHash: `0x${'0f'.repeat(32)}`,
        blockNumber: 12,
        blockHash: `0x${'0e'.repeat(32)}`,
        blockTimeMs: 9_000,
      },
    };
    const coins = coinsOf(round as Anchored, challenge);
    const opening = await reveal(coins);
    const digest = fromHex(await this.evidence.put(opening), 32);
    const { code, reason, numbers, sample } = await runCheck({
      ...{ kind, taskSeed: challenge.taskSeed, commitment, coins, params: challenge.params, opening },
    });
    const check = { code, reason: kind === 'backstop' ? `backstop: ${reason}` : reason, numbers };
    const facts = told({
      ...SILENT,
      ...{ commit: { receivedMs: 900, elapsedMs: 900 }, anchored: true, coinsMs: 12_000, revealMs: 13_000, check },
    });
    const revealed = { ...committed, leafIndex: 0, reveal: { digest, bytes: opening.length, receivedMs: 13_000 } };
    const path = merklePath(leaves, 0).map(toHex);
    return this.judge(round, revealed, facts, path, kind === 'opening' ? (sample ?? null) : null);
  }

  /** A challenge without work behind its verdict. */
  async missed(facts: Partial<Facts>, answer: (challenge: Challenge) => Promise<Challenge> = async (c) => c) {
    const challenge = await this.challenge('gemm', facts.sentMs !== null);
    const all = { ...SILENT, ...facts };
    const round = all.opened
      ? ({ ...slot(), state: 'open', sentAtMs: 1_000, draw: drawOf('gemm') } as const)
      : ({ ...slot(), state: 'scheduled' } as const);
    return this.judge(round as Opening | Scheduled as Opening, await answer(challenge), all, [], null);
  }

  private async judge(
    round: Opening,
    challenge: Challenge,
    facts: Facts,
    path: readonly string[],
    sample: { t: number; j: number; i: number } | null,
  ): Promise<string> {
    let sha256 = '';
    const ctx: VerdictContext = {
      chain: { chainId: CHAIN_ID, oracleAddress: ORACLE, registry: REGISTRY },
      challenges: {
        saveVerdict: async (_challenge, transcript) => {
          sha256 = toHex(transcript.sha256).slice(2);
        },
      },
      ...{ evidence: this.evidence, gateway: { send: () => undefined }, reporter: reporter.address.toLowerCase() },
      signer: { sign: (message, value) => signMessage(reporter, domain, message, value), isSignedBy: () => false },
      ...{ software: 'test/1', clock: SYSTEM_CLOCK, log: this.log, signal: new AbortController().signal },
    };
    await giveVerdict(ctx, round, challenge, { finding: decide(facts), facts, sample, path });
    return sha256;
  }

  private async challenge(task: TaskName, isAsked = true): Promise<Challenge> {
    const params = SIZES[task];
    const draw = drawOf(task);
    const place = { nodeId: 7, device: 0 };
    const seed = taskSeed({ ...params, ...place, roundSeed: draw.roundSeed, reporter: reporter.address.toLowerCase() });
    const { task: _, ...sizes } = params;
    const { openBlock, openBlockHash } = draw;
    const signature = await signMessage(reporter, domain, 'Challenge', {
      ...{ round: 3, openBlock, openBlockHash, nonce: toHex(draw.nonce), ...place },
      ...{ task: TASKS[task].id, ...sizes, taskSeed: toHex(seed), deadlineMs: DEADLINE_MS },
    });
    return {
      ...UNANSWERED,
      ...{ round: 3, epoch: 1, ...place, hardwareClass: 0, workerKey: worker.address.toLowerCase() },
      ...{ operator: `0x${'05'.repeat(20)}`, rewardRecipient: `0x${'06'.repeat(20)}`, params, taskSeed: seed },
      ...{ referencePerMs: referenceRate(hardwareClass(0), task), expectedMs: 100, deadlineMs: DEADLINE_MS },
      ...(isAsked ? { signature, sentMs: 0 } : {}),
    };
  }
}

/** The node's COMMIT. */
export async function commit(challenge: Challenge, commitment: Uint8Array, elapsedMs = 900) {
  const value = { taskSeed: toHex(challenge.taskSeed), commitment: toHex(commitment) };
  const signature = await signMessage(worker, domain, 'Commit', value);
  return { ...challenge, commit: { commitment, signature, elapsedMs, receivedMs: elapsedMs } };
}

/** The node's BUSY. */
export async function busy(challenge: Challenge, ruling: { accepted: boolean; reason: string }) {
  const value = { taskSeed: toHex(challenge.taskSeed), jobId: '5', shard: 2 };
  const signature = await signMessage(worker, domain, 'Busy', value);
  return { ...challenge, busy: { jobId: 5n, shard: 2, signature, elapsedMs: 40, receivedMs: 40, ruling } };
}

function slot() {
  return { round: 3, epoch: 1, slotStartMs: 0, slotEndMs: 300_000, startAtMs: 500, timetable };
}

/** A draw that falls to a task: the first nonce that does. */
function drawOf(task: TaskName) {
  const openBlockHash = `0x${'0d'.repeat(32)}`;
  for (let first = 0; ; first++) {
    const nonce = new Uint8Array(32).fill(first);
    const of = { chainId: BigInt(CHAIN_ID), oracle: ORACLE, round: 3n, openBlockNumber: 10n, openBlockHash, nonce };
    const seed = roundSeed(of);
    if (drawTask(seed) !== task) continue;
    const secret = { coinSecret: COIN_SECRET, coinHash: coinHash(COIN_SECRET) };
    return { task, openBlock: 10, openBlockHash, openBlockTimeMs: 900, nonce, ...secret, roundSeed: seed };
  }
}
