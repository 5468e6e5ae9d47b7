import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@subsquid/logger';
import { Wallet } from 'ethers';
import { toHex, u32 } from '../protocol/bytes';
import { hardwareClass } from '../protocol/classes';
import { dpinDomain, isSignedBy, signMessage } from '../protocol/eip712';
import { sha256 } from '../protocol/hash';
import { decodeFrame, type Frame, NODE_FRAMES, PROTOCOL_VERSION } from '../protocol/messages';
import { roundSeed, taskSeed } from '../protocol/seeds';
import { answerOfBusy, busyValue } from '../protocol/signed-values';
import { drawTask, TASKS } from '../protocol/tasks';
import type { Answer } from './answers';
import type { TaskInput } from './backends/backend';
import type { Party } from './checks';
import { type BusyShard, Work } from './work';

const reporter = new Wallet(`0x${'01'.repeat(32)}`);
const worker = new Wallet(`0x${'02'.repeat(32)}`);
const party: Party = {
  ...{ chainId: 31337, oracle: `0x${'0a'.repeat(20)}`, domain: dpinDomain(31337, `0x${'0b'.repeat(20)}`) },
  ...{ reporter: reporter.address.toLowerCase(), nodeId: 5, devices: 2, hardwareClass: hardwareClass(0) },
};
const openBlock = { number: 77, hash: `0x${'0c'.repeat(32)}` };

/** A genuine gemm challenge: nonces are tried until the round seed draws the task. */
async function challenge(round: number, device = 0): Promise<Frame<'CHALLENGE'>> {
  const { chainId, oracle, nodeId, domain } = party;
  const drawn = { chainId: BigInt(chainId), oracle, round: BigInt(round), openBlockNumber: 77n };
  for (let n = 0; ; n++) {
    const nonce = sha256(u32(n));
    const seed = roundSeed({ ...drawn, openBlockHash: openBlock.hash, nonce });
    if (drawTask(seed) !== 'gemm') continue;
    const params = TASKS.gemm.sizes(party.hardwareClass, null);
    const bound = taskSeed({ task: 'gemm', ...params, roundSeed: seed, reporter: party.reporter, nodeId, device });
    const said = { round, nonce: toHex(nonce), device, taskSeed: toHex(bound), deadlineMs: 6_000 };
    const signature = await signMessage(reporter, domain, 'Challenge', {
      ...{ ...said, nodeId, openBlock: openBlock.number, openBlockHash: openBlock.hash },
      ...{ ...params, task: TASKS.gemm.id },
    });
    return { v: PROTOCOL_VERSION, type: 'CHALLENGE', ...said, openBlock, task: 'gemm', params, signature };
  }
}

describe('the work for one reporter', () => {
  let sent: Frame<(typeof NODE_FRAMES)[number]>[];
  let answers: Answer[];
  let refusals: string[];
  let isConnected: boolean;
  /** Challenges that the backend was given, with what ends them. */
  let started: TaskInput[];
  let finish: Map<TaskInput, () => void>;

  function workWith({ busy = null as BusyShard | null, isTurn = true } = {}): Work {
    const note = ({ problem }: { problem?: string }) => problem && refusals.push(problem);
    return new Work(
      {
        party,
        answers: { sent: (answer) => answers.push(answer) },
        backendOf: () => ({
          name: 'test',
          run: (input) => {
            started.push(input);
            return new Promise((resolve, reject) => {
              input.signal.addEventListener('abort', () => reject(input.signal.reason));
              finish.set(input, () => resolve({ commitment: sha256(input.taskSeed), open: async (coins) => coins }));
            });
          },
          close: async () => undefined,
        }),
        busyWith: () => busy,
        reporters: { isTurnOf: async () => isTurn },
        chain: { oracle: { round: async () => undefined }, blocks: {} } as never,
        signer: worker,
        log: { info: () => undefined, warn: note, error: note } as unknown as Logger,
        signal: new AbortController().signal,
      },
      (message) => {
        if (isConnected) sent.push(decodeFrame(Buffer.from(message), NODE_FRAMES));
        return isConnected;
      },
    );
  }

  beforeEach(() => {
    [sent, answers, refusals, started, finish, isConnected] = [[], [], [], [], new Map(), true];
  });

  it('commits to each device once and notes what it answered', async () => {
    const work = workWith();
    const asked = [await challenge(7, 0), await challenge(7, 1)];
    const all = [...asked, ...asked].map((one) => work.onChallenge(one));
    await sleep(0);
    expect(started).toHaveLength(2);
    for (const end of finish.values()) end();
    await Promise.all(all);
    for (const [device, { taskSeed }] of asked.entries()) {
      const commitment = toHex(sha256(started[device]!.taskSeed));
      const commit = sent.find((frame) => frame.type === 'COMMIT' && frame.device === device) as Frame<'COMMIT'>;
      expect(commit.commitment).toBe(commitment);
      expect(isSignedBy(worker.address, party.domain, 'Commit', { taskSeed, commitment }, commit.signature)).toBe(true);
      expect(answers).toContainEqual({ round: 7, device, taskSeed, answer: commitment });
    }
    expect(sent).toHaveLength(2);
  });

  it('claims BUSY with a signature and notes the claim', async () => {
    const asked = await challenge(7);
    await workWith({ busy: { jobId: 12n, shard: 3 } }).onChallenge(asked);
    const [busy] = sent as [Frame<'BUSY'>];
    expect(busy).toMatchObject({ type: 'BUSY', round: 7, device: 0, jobId: '12', shard: 3 });
    const value = busyValue(busy, asked.taskSeed);
    expect(isSignedBy(worker.address, party.domain, 'Busy', value, busy.signature)).toBe(true);
    expect(answers).toEqual([{ round: 7, device: 0, taskSeed: asked.taskSeed, answer: answerOfBusy(busy) }]);
    expect(started).toEqual([]);
  });

  it.each<[string, BusyShard | null]>([
    ['COMMIT', null],
    ['BUSY', { jobId: 12n, shard: 3 }],
  ])('sends a %s that a broken connection lost again', async (type, busy) => {
    const work = workWith({ busy });
    isConnected = false;
    const working = work.onChallenge(await challenge(7));
    await sleep(0);
    for (const end of finish.values()) end();
    await working;
    expect(answers).toEqual([]);
    isConnected = true;
    work.resume();
    expect(sent).toMatchObject([{ type }]);
    expect(answers).toHaveLength(1);
  });

  it('does nothing for a round that is not the reporter’s turn', async () => {
    await workWith({ isTurn: false }).onChallenge(await challenge(7));
    expect([started, sent]).toEqual([[], []]);
    expect(refusals).toEqual(['the round is not a turn of this reporter']);
  });

  it('works on four rounds at most: a fifth ends the oldest, and an older one is refused', async () => {
    const work = workWith();
    const running = [];
    for (const round of [5, 6, 7, 8, 9]) running.push(work.onChallenge(await challenge(round)));
    await sleep(0);
    expect(started.map(({ signal }) => signal.aborted)).toEqual([true, false, false, false, false]);
    await work.onChallenge(await challenge(4));
    expect(refusals).toEqual(['newer rounds have begun']);
    expect(started).toHaveLength(5);
    for (const end of finish.values()) end();
    await Promise.all(running);
    expect(sent.map((frame) => frame.type === 'COMMIT' && frame.round)).toEqual([6, 7, 8, 9]);
  });
});
