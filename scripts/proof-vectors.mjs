// Writes contracts/test/vectors/posting-proofs.json and attestation-proof.json: real proofs for the forge tests, made
// with the keys in circuits/artifacts for a network whose addresses, blocks and secrets are fixed here. Run after new
// keys:
//   npm run build && node scripts/proof-vectors.mjs
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
const require = createRequire(import.meta.url);
const { AbiCoder, getCreateAddress, hexlify, Interface, keccak256, toUtf8Bytes } = require('ethers');
const { evidenceRootOf, signedBatch, submissionOf } = require('../lib/bench/fixtures/batch-epoch.js');
const { anchorLeaves, merklePath, merkleRoot } = require('../lib/protocol/merkle.js');
const { unpackScores } = require('../lib/protocol/scoring/words.js');
const { coinHash, coins, roundSeed, taskSeed } = require('../lib/protocol/seeds.js');
const { rootToBytes, TREE_DEPTH, TREE_SAMPLES } = require('../lib/protocol/tasks/tree/index.js');
const { reporterKeyFromSeed } = require('../lib/zk/eddsa.js');
const { solidityProof } = require('../lib/zk/groth16.js');
const { proveScoreBatch } = require('../lib/zk/score-batch.js');
const { buildTaskTree, proveTree } = require('../lib/zk/tree.js');

const chainId = 31337;
const deployer = '0x00000000000000000000000000000000000d0001';
const reporter = '0x00000000000000000000000000000000000d0002';
// The deployer's contracts in order: AccessManager, NodeRegistry, ScoreBatchVerifier, ReputationOracle.
const oracle = getCreateAddress({ from: deployer, nonce: 3 }).toLowerCase();
const bytes = (text) => Buffer.from(keccak256(toUtf8Bytes(text)).slice(2), 'hex');

/** The ABI's encoding of a struct that a contract's function takes, for abi.decode in the test. */
function encodeStruct(contract, method, value) {
  const { abi } = require(`../build/contracts/${contract}.json`);
  return AbiCoder.defaultAbiCoder().encode(new Interface(abi).getFunction(method).inputs, [value]);
}

async function batchVector() {
  const key = await reporterKeyFromSeed(bytes('reporter of the proof vectors'));
  const parameters = {
    lambda: 64_225n,
    eta: 16_384n,
    failWeight: 3n,
    priorWeight: 65_536n,
    quorum: 1n,
    maxIdle: 10n,
    establishedAt: 262_144n,
  };
  const methodologyHash = hexlify(bytes('methodology of the proof vectors'));
  const network = { chainId, oracle, methodologyHash, parameters, key };
  const submissions = [];
  let states;
  let scores;
  for (const epoch of [0, 1]) {
    const proof = await proveScoreBatch(await signedBatch(network, epoch, states));
    states = proof.newStates;
    scores = unpackScores(proof.scoreWords);
    submissions.push(encodeStruct('ReputationOracle', 'submitBatch', submissionOf(epoch, proof)));
  }
  return {
    deployer,
    reporter,
    oracle,
    keyX: key.publicKey[0].toString(),
    keyY: key.publicKey[1].toString(),
    methodologyHash,
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, Number(value)])),
    evidenceRoots: [0, 1].map(evidenceRootOf),
    submissions,
    scoreBps: scores.map((score) => score.scoreBps),
    status: scores.map((score) => score.status),
  };
}

async function treeVector() {
  const openBlock = 999;
  const openBlockHash = hexlify(bytes('open block'));
  const anchorBlockHash = hexlify(bytes('anchor block'));
  const nonce = bytes('nonce');
  const coinSecret = bytes('coin secret');
  const node = { nodeId: 3, device: 0 };
  const params = { task: 'tree', n: TREE_DEPTH, w: 4, T: 0, K: TREE_SAMPLES, m: 0 };
  const round = {
    chainId: BigInt(chainId),
    oracle,
    round: 0n,
    openBlockNumber: BigInt(openBlock),
    openBlockHash,
    nonce,
  };
  const seed = taskSeed({ ...params, ...node, roundSeed: roundSeed(round), reporter });
  const tree = await buildTaskTree(seed);
  const commitments = [
    { nodeId: 1, device: 0, commitment: bytes('another node'), elapsedMs: 900 },
    { ...node, commitment: rootToBytes(tree.root), elapsedMs: 250 },
    { nodeId: 4, device: 0, commitment: bytes('a third node'), elapsedMs: 1100 },
  ];
  const leaves = anchorLeaves(commitments);
  const root = merkleRoot(leaves);
  const drawn = coins({ ...node, anchorBlockHash, coinSecret, root });
  const { proof } = await proveTree({ taskSeed: seed, coins: drawn, tree });
  const points = solidityProof(proof);
  const attestation = {
    ...node,
    round: 0n,
    elapsedMs: 250,
    leafIndex: 1,
    nonce,
    coinSecret,
    root: tree.root,
    path: merklePath(leaves, 1),
    proofA: points.a,
    proofB: points.b,
    proofC: points.c,
  };
  return {
    openBlock,
    openBlockHash,
    anchorBlockHash,
    root: hexlify(root),
    count: leaves.length,
    coinHash: hexlify(coinHash(coinSecret)),
    attestation: encodeStruct('TreeAttestation', 'verifyAttestation', attestation),
  };
}

const folder = 'contracts/test/vectors';
mkdirSync(folder, { recursive: true });
for (const [name, make] of [
  ['posting-proofs', batchVector],
  ['attestation-proof', treeVector],
]) {
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(await make(), null, 2)}\n`);
  console.error(`${folder}/${name}.json`);
}
process.exit(0);
