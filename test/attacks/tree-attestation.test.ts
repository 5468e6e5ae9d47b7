import { randomBytes } from 'node:crypto';
import { type Contract, hexlify, isCallException } from 'ethers';
import { anchorLeaves, merklePath, merkleRoot } from '../../src/protocol/merkle';
import { coinHash, coins, roundSeed, taskSeed } from '../../src/protocol/seeds';
import type { TaskParams } from '../../src/protocol/tasks';
import { rootToBytes, TREE_ARITY, TREE_DEPTH, TREE_SAMPLES } from '../../src/protocol/tasks/tree';
import { solidityProof } from '../../src/zk/groth16';
import { buildTaskTree, proveTree } from '../../src/zk/tree';
import { startTestChain, type TestChain } from '../support/chain';
import { deployTestNetwork, type TestNetwork } from '../support/deploy';

const node = { nodeId: 3, device: 0 };
const round = 0n;
const elapsedMs = 1234;

let chain: TestChain;
let network: TestNetwork;
let attestor: Contract;
/** What anybody can put together after a `tree` round, by the names of the contract's struct. */
let attestation: Awaited<ReturnType<typeof runRound>>;

/** One round as oracle and node play it, on a real chain: open block, commitment, anchor, pin, coins, proof. */
async function runRound() {
  const oracle = network.contract('ReputationOracle', network.accounts.reporters[0]!);
  const { address: reporter } = network.accounts.reporters[0]!;
  await chain.provider.send('evm_setNextBlockTimestamp', [network.genesisTime + 3]);
  await chain.provider.send('evm_mine', []);
  const open = await chain.provider.getBlock('latest');
  if (!open?.hash) throw new Error('the chain has no block');
  const nonce = randomBytes(32);
  const coinSecret = randomBytes(32);
  const params: TaskParams = { task: 'tree', n: TREE_DEPTH, w: TREE_ARITY, T: 0, K: TREE_SAMPLES, m: 0 };
  const seed = taskSeed({
    ...params,
    ...node,
    reporter,
    roundSeed: roundSeed({
      chainId: BigInt(chain.chainId),
      oracle: network.deployment.contracts.ReputationOracle,
      round,
      openBlockNumber: BigInt(open.number),
      openBlockHash: open.hash,
      nonce,
    }),
  });
  const tree = await buildTaskTree(seed);
  const leaves = anchorLeaves([
    { nodeId: 0, device: 0, commitment: randomBytes(32), elapsedMs: 500 },
    { ...node, commitment: rootToBytes(tree.root), elapsedMs },
    { nodeId: 5, device: 0, commitment: randomBytes(32), elapsedMs: 700 },
  ]);
  const root = merkleRoot(leaves);
  const anchored = await oracle.getFunction('anchorRound')(
    round,
    open.number,
    open.hash,
    root,
    leaves.length,
    coinHash(coinSecret),
  );
  const { blockHash: anchorBlockHash } = await anchored.wait();
  await chain.provider.send('evm_mine', []);
  const drawn = coins({ ...node, anchorBlockHash, coinSecret, root });
  const { a, b, c } = solidityProof((await proveTree({ taskSeed: seed, coins: drawn, tree })).proof);
  return {
    ...node,
    round,
    elapsedMs,
    leafIndex: 1,
    nonce: hexlify(nonce),
    coinSecret: hexlify(coinSecret),
    root: tree.root,
    path: merklePath(leaves, 1).map((sibling) => hexlify(sibling)),
    proofA: a,
    proofB: b,
    proofC: c,
  };
}

/** Name of the error with which the contract refuses; undefined when it accepts. */
async function refusal(given: Partial<typeof attestation> = {}): Promise<string | undefined> {
  try {
    await attestor.getFunction('verifyAttestation')({ ...attestation, ...given });
    return undefined;
  } catch (error) {
    if (!isCallException(error)) throw error;
    return error.revert?.name ?? 'no named error';
  }
}

beforeAll(async () => {
  chain = await startTestChain();
  network = await deployTestNetwork(chain);
  attestor = network.contract('TreeAttestation', network.accounts.client);
  attestation = await runRound();
}, 240_000);

afterAll(() => chain.stop());

it('needs the anchor block pinned, which anyone may do', async () => {
  expect(await refusal()).toBe('AnchorNotPinned');
  const pinned = await network.contract('ReputationOracle', network.accounts.client).getFunction('pinAnchor')(round);
  await pinned.wait();
  expect(await refusal()).toBeUndefined();
});

it('refuses a round that was not anchored', async () => {
  expect(await refusal({ round: 1n })).toBe('RoundNotAnchored');
});

it("refuses another round's secret", async () => {
  expect(await refusal({ coinSecret: hexlify(randomBytes(32)) })).toBe('WrongCoinSecret');
});

it.each<[string, Partial<typeof attestation>]>([
  ['node', { nodeId: 4 }],
  ['device', { device: 1 }],
  ['time', { elapsedMs: 1 }],
  ['place', { leafIndex: 2 }],
  ['root', { root: 1n }],
])('refuses another %s than was anchored', async (_what, change) => {
  expect(await refusal(change)).toBe('CommitmentNotAnchored');
});

it('refuses a path of another length', async () => {
  expect(await refusal({ path: [...attestation.path, hexlify(randomBytes(32))] })).toBe('CommitmentNotAnchored');
});

it('refuses another nonce, which is another task', async () => {
  expect(await refusal({ nonce: hexlify(randomBytes(32)) })).toBe('ProofRejected');
});

it('refuses another proof', async () => {
  expect(await refusal({ proofC: attestation.proofA })).toBe('ProofRejected');
});
