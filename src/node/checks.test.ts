import { keccak256, Wallet } from 'ethers';
import { fromHex, toHex } from '../protocol/bytes';
import { hardwareClass } from '../protocol/classes';
import { dpinDomain, signMessage } from '../protocol/eip712';
import { anchorLeaf, merklePath, merkleRoot } from '../protocol/merkle';
import { type Frame, PROTOCOL_VERSION } from '../protocol/messages';
import { roundSeed, taskSeed } from '../protocol/seeds';
import { drawTask, TASK_NAMES, TASKS, type TaskName, type TaskParams } from '../protocol/tasks';
import { challengeProblem, coinsProblem, type Party } from './checks';

const reporter = new Wallet(`0x${'01'.repeat(32)}`);
const party: Party = {
  chainId: 31337,
  oracle: `0x${'0a'.repeat(20)}`,
  domain: dpinDomain(31337, `0x${'0b'.repeat(20)}`),
  reporter: reporter.address.toLowerCase(),
  nodeId: 5,
  devices: 1,
  hardwareClass: hardwareClass(0),
};
const openBlock = { number: 77, hash: `0x${'0c'.repeat(32)}` };

/** A genuine challenge of the wanted task: nonces are tried until the round seed draws it. */
async function genuine(task: TaskName, over: Partial<TaskParams> = {}, deadlineMs = 6000): Promise<Frame<'CHALLENGE'>> {
  const { chainId, oracle, nodeId } = party;
  for (let n = 0; ; n++) {
    const nonce = new Uint8Array(32).fill(n);
    const seed = roundSeed({
      chainId: BigInt(chainId),
      oracle,
      round: 9n,
      openBlockNumber: BigInt(openBlock.number),
      openBlockHash: openBlock.hash,
      nonce,
    });
    if (drawTask(seed) !== task) continue;
    const params = { ...TASKS[task].sizes(hardwareClass(0), null), ...over };
    const bound = toHex(taskSeed({ task, ...params, roundSeed: seed, reporter: party.reporter, nodeId, device: 0 }));
    const signed = {
      round: 9,
      openBlock: openBlock.number,
      openBlockHash: openBlock.hash,
      nonce: toHex(nonce),
      nodeId,
      device: 0,
      ...params,
      task: TASKS[task].id,
      taskSeed: bound,
      deadlineMs,
    };
    const signature = await signMessage(reporter, party.domain, 'Challenge', signed);
    return {
      v: PROTOCOL_VERSION,
      type: 'CHALLENGE',
      round: 9,
      openBlock,
      nonce: toHex(nonce),
      device: 0,
      task,
      params,
      taskSeed: bound,
      deadlineMs,
      signature,
    };
  }
}

describe('a challenge', () => {
  it.each(TASK_NAMES)('accepts a challenge of task %s when everything fits', async (task) => {
    expect(challengeProblem(await genuine(task), party)).toBeNull();
  });

  it('refuses a challenge of which anything was changed after the signature', async () => {
    const challenge = await genuine('gemm');
    const changes: Partial<Frame<'CHALLENGE'>>[] = [
      { round: 10 },
      { openBlock: { ...openBlock, number: 78 } },
      { nonce: `0x${'ee'.repeat(32)}` },
      { task: 'tree' },
      { params: { ...challenge.params, T: 5 } },
      { taskSeed: `0x${'ee'.repeat(32)}` },
      { deadlineMs: 6001 },
      { device: 1 },
      { signature: `0x${'00'.repeat(65)}` },
    ];
    for (const change of changes) expect(challengeProblem({ ...challenge, ...change }, party)).not.toBeNull();
  });

  it('refuses a challenge to another node, or of another reporter, chain or oracle', async () => {
    const challenge = await genuine('gemm');
    const others: Partial<Party>[] = [
      { nodeId: 6 },
      { reporter: `0x${'0d'.repeat(20)}` },
      { chainId: 56 },
      { oracle: `0x${'0d'.repeat(20)}` },
      { domain: dpinDomain(56, `0x${'0b'.repeat(20)}`) },
    ];
    for (const other of others) expect(challengeProblem(challenge, { ...party, ...other })).not.toBeNull();
  });

  it.each<[string, TaskName, Partial<TaskParams>]>([
    ['n = 1024 is asked', 'gemm', { n: 1024 }],
    ['w = 1024 is asked', 'gemm', { w: 1024 }],
    ['K = 63 is asked', 'gemm', { K: 63 }],
    ['m = 3 is asked', 'gemm', { m: 3 }],
    ['T = 4096 is asked', 'gemm', { T: 4096 }],
    ['n = 10 is asked', 'tree', { n: 10 }],
  ])('refuses sizes that its class does not have, even signed ones: %s', async (problem, task, over) => {
    expect(challengeProblem(await genuine(task, over), party)).toContain(problem);
  });

  it('refuses a deadline after the commit window of its class, even a signed one', async () => {
    const { commitWindowMs } = party.hardwareClass;
    expect(challengeProblem(await genuine('gemm', {}, commitWindowMs), party)).toBeNull();
    expect(challengeProblem(await genuine('gemm', {}, commitWindowMs + 1), party)).toContain('deadlineMs = ');
  });

  it('refuses the sizes of another class', async () => {
    const pretender = { ...party, hardwareClass: hardwareClass(3) };
    expect(challengeProblem(await genuine('gemm'), pretender)).toContain('n = 512 is asked');
  });
});

describe('coins', () => {
  const commitment = new Uint8Array(32).fill(4);
  const leaves = [
    anchorLeaf({ nodeId: 3, device: 0, commitment: new Uint8Array(32), elapsedMs: 7 }),
    anchorLeaf({ nodeId: 5, device: 0, commitment, elapsedMs: 812 }),
    anchorLeaf({ nodeId: 8, device: 0, commitment: new Uint8Array(32), elapsedMs: 9 }),
  ];
  const root = toHex(merkleRoot(leaves));
  const coinSecret = `0x${'5a'.repeat(32)}`;
  const anchorBlockHash = `0x${'5b'.repeat(32)}`;
  const coins: Frame<'COINS'> = {
    v: PROTOCOL_VERSION,
    type: 'COINS',
    round: 9,
    device: 0,
    anchor: { blockNumber: 80, blockHash: anchorBlockHash },
    coinSecret,
    root,
    count: 3,
    index: 1,
    elapsedMs: 812,
    openMs: 30_000,
    path: merklePath(leaves, 1).map(toHex),
  };
  const anchored = {
    reporter: party.reporter,
    anchorBlock: 80,
    count: 3,
    root,
    coinHash: keccak256(fromHex(coinSecret)),
    openBlock: openBlock.number,
    openBlockHash: openBlock.hash,
  };

  it('takes the coins of the anchor that has the own commitment under it', async () => {
    const challenge = await genuine('gemm');
    expect(coinsProblem({ coins, challenge, commitment, party, anchored, anchorBlockHash })).toBeNull();
  });

  it('refuses coins with every other story', async () => {
    const fits = { coins, challenge: await genuine('gemm'), commitment, party, anchored, anchorBlockHash };
    const stories: Partial<Parameters<typeof coinsProblem>[0]>[] = [
      { anchored: undefined },
      { anchored: { ...anchored, reporter: `0x${'0d'.repeat(20)}` } },
      { anchored: { ...anchored, openBlock: 1 } },
      { anchored: { ...anchored, openBlockHash: `0x${'00'.repeat(32)}` } },
      { anchored: { ...anchored, root: `0x${'00'.repeat(32)}` } },
      { anchored: { ...anchored, count: 4 } },
      { anchored: { ...anchored, anchorBlock: 81 } },
      { anchorBlockHash: `0x${'00'.repeat(32)}` },
      { anchorBlockHash: undefined },
      { coins: { ...coins, coinSecret: `0x${'5c'.repeat(32)}` } },
      { coins: { ...coins, elapsedMs: 813 } },
      { coins: { ...coins, index: 0 } },
      { coins: { ...coins, path: coins.path.slice(1) } },
      { commitment: new Uint8Array(32) },
    ];
    for (const story of stories) expect(coinsProblem({ ...fits, ...story })).not.toBeNull();
  });
});
