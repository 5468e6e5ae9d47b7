import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyBatch } from '../../src/protocol/scoring/batch';
import { zeroStates } from '../../src/protocol/scoring/state';
import { evaluateVector, vectorChallenge, vectorCommitment } from '../../src/protocol/scoring/vector';
import type { Measurement } from '../../src/protocol/scoring/words';
import { bytesToField, rootToBytes } from '../../src/protocol/tasks/tree';
import { assertKeysAllowed, readTranscript, verificationKey } from '../../src/zk/artifacts';
import { parseProof, proofFromSolidity, type SolidityProof, solidityProof } from '../../src/zk/groth16';
import { loadPoseidon } from '../../src/zk/poseidon';
import { ProverError } from '../../src/zk/prover-process';
import { proveScoreBatch, verifyScoreBatch } from '../../src/zk/score-batch';
import { buildTaskTree, createTreeProver, proveTree, verifyTreeProof } from '../../src/zk/tree';
import { usual } from '../support/scoring-vectors';
import { signedBatch } from './fixture';

const VECTORS_FOLDER = join(__dirname, '..', '..', 'contracts', 'test', 'vectors');
const taskSeed = new Uint8Array(32).fill(0xfe);
const coins = new Uint8Array(32).fill(0x17);
const MINUTE_MS = 60_000;

const batch = () =>
  signedBatch({
    parameters: usual,
    oldStates: zeroStates(),
    presence: 5,
    measurements: [0, 1, 2].map((reporter) =>
      Array.from({ length: 60 }, (_, node): Measurement => ({ status: node % 7 ? 2 : 1, perf: 100 * node + reporter })),
    ),
  });

/** A proof as the forge tests read it; proofs are random, so the file is written anew only on demand. */
function fixture(name: string, content: Record<string, bigint[]>): void {
  if (!process.env['UPDATE_VECTORS']) return;
  const text = JSON.stringify(
    content,
    (_key, value) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value),
    1,
  );
  writeFileSync(join(VECTORS_FOLDER, name), `${text}\n`);
}
const flat = ({ a, b, c }: SolidityProof) => [...a, ...b.flat(), ...c];

describe('batch proof', () => {
  it(
    'makes a batch proof in a child process that verifies, and does not with any public signal changed',
    async () => {
      const input = await batch();
      const proven = await proveScoreBatch(input);
      expect(proven.newStates).toEqual(applyBatch(input).newStates);
      const { hash } = await loadPoseidon();
      const C = vectorCommitment(hash, proven.publicVector);
      const z = vectorChallenge(proven.publicVector, C);
      expect(proven.publicSignals).toEqual([C, z, evaluateVector(proven.publicVector, z)]);
      expect(await verifyScoreBatch(proven.publicSignals, proven.proof)).toBe(true);
      for (const i of [0, 1, 2]) {
        const changed = proven.publicSignals.with(i, proven.publicSignals[i]! + 1n) as [bigint, bigint, bigint];
        expect(await verifyScoreBatch(changed, proven.proof)).toBe(false);
      }
      const { a, b, c } = proven.proof;
      expect(await verifyScoreBatch(proven.publicSignals, { a: c, b, c: a })).toBe(false);
      expect(await verifyScoreBatch(proven.publicSignals, { a: [1n, 1n], b, c })).toBe(false);
      fixture('batch-proof.json', {
        proof: flat(proven.proof),
        publicSignals: proven.publicSignals,
        vector: proven.publicVector,
      });
    },
    5 * MINUTE_MS,
  );

  it('makes no batch proof when a report is not signed by its key', async () => {
    const input = await batch();
    const [first, , third] = input.reports;
    const reports = [{ ...first!, signature: third!.signature }, null, third!];
    await expect(proveScoreBatch({ ...input, reports })).rejects.toThrow(ProverError);
  });
});

describe('tree proof', () => {
  it(
    'attests an honest tree for these coins only',
    async () => {
      const tree = await buildTaskTree(taskSeed);
      const root = rootToBytes(tree.root);
      const { proof, publicSignals, maxRssMb } = await proveTree({ taskSeed, coins, tree });
      expect(await verifyTreeProof({ root, taskSeed, coins, proof })).toBe(true);
      expect(publicSignals).toEqual([tree.root, bytesToField(taskSeed), bytesToField(coins)]);
      const others = [
        { root, taskSeed, coins: taskSeed },
        { root, taskSeed: coins, coins },
        { root: rootToBytes(tree.root + 1n), taskSeed, coins },
        { root: new Uint8Array(32).fill(0xff), taskSeed, coins },
      ];
      for (const other of others) expect(await verifyTreeProof({ ...other, proof })).toBe(false);
      expect(maxRssMb).toBeGreaterThan(0);
      fixture('tree-proof.json', { proof: flat(solidityProof(proof)), publicSignals });
    },
    5 * MINUTE_MS,
  );

  it(
    'makes no tree proof when a drawn leaf was skipped',
    async () => {
      const tree = await buildTaskTree(taskSeed);
      tree.levels[0] = tree.levels[0]!.map(() => 1n);
      await expect(proveTree({ taskSeed, coins, tree })).rejects.toThrow(ProverError);
    },
    2 * MINUTE_MS,
  );

  it(
    'takes a tree proof from the node-side prover as JSON of bounded size, and refuses other sizes',
    async () => {
      const prover = createTreeProver();
      const task = { taskSeed, params: { task: 'tree', n: 6, w: 4, K: 8 }, signal: new AbortController().signal };
      await expect(prover.build({ ...task, params: { ...task.params, n: 7 } })).rejects.toThrow(RangeError);
      const built = await prover.build(task);
      const proof = parseProof(Buffer.from(await built.prove(coins)).toString('utf8'));
      expect(await verifyTreeProof({ root: built.commitment, taskSeed, coins, proof: proof! })).toBe(true);
      const stopped = built.prove(coins);
      const ended = expect(stopped).rejects.toThrow(/closed/);
      await prover.close();
      await ended;
    },
    2 * MINUTE_MS,
  );
});

describe('proving keys', () => {
  it('has keys with a contribution: with gamma = delta anyone could forge', () => {
    for (const name of ['score_batch', 'tree'] as const) {
      const { vk_gamma_2, vk_delta_2 } = verificationKey(name);
      expect(vk_delta_2).not.toEqual(vk_gamma_2);
    }
  });

  it('refuses development keys on chains with real money', () => {
    expect(readTranscript().development).toBe(true);
    for (const chainId of [56, 97, 1]) expect(() => assertKeysAllowed(chainId)).toThrow(/development keys/);
    expect(() => assertKeysAllowed(31337)).not.toThrow();
  });

  it('does not verify the proof one can write without a witness', async () => {
    // e(A, B) = e(alpha, beta) · e(vk_x, gamma) · e(C, delta) holds for A = alpha, B = beta, C = -vk_x if gamma =
    // delta.
    const key = verificationKey('tree') as unknown as Record<'vk_alpha_1' | 'vk_beta_2' | 'IC', string[] & string[][]>;
    const [constant] = key.IC as string[][];
    const prime = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
    const point = (values: string[]): [bigint, bigint] => [BigInt(values[0]!), BigInt(values[1]!)];
    const [x, y] = point(constant!);
    const [b0, b1] = key.vk_beta_2 as string[][];
    const forged = proofFromSolidity({
      a: point(key.vk_alpha_1),
      b: [point([b0![1]!, b0![0]!]), point([b1![1]!, b1![0]!])],
      c: [x, prime - y],
    });
    const zero = new Uint8Array(32);
    expect(await verifyTreeProof({ root: zero, taskSeed: zero, coins: zero, proof: forged })).toBe(false);
  });
});

describe('parseProof', () => {
  it('gives undefined for anything but a proof', () => {
    const point = ['1', '2', '1'];
    const good = {
      pi_a: point,
      pi_b: [
        ['1', '2'],
        ['3', '4'],
        ['1', '0'],
      ],
      pi_c: point,
      protocol: 'groth16',
      curve: 'bn128',
    };
    expect(parseProof(JSON.stringify(good))).toEqual(good);
    const bad = [
      '',
      '{',
      'null',
      '[]',
      JSON.stringify({ ...good, pi_a: ['1', '2'] }),
      JSON.stringify({ ...good, extra: 1 }),
    ];
    for (const text of bad) expect(parseProof(text)).toBeUndefined();
    expect(parseProof(JSON.stringify({ ...good, pi_a: ['-1', '2', '1'] }))).toBeUndefined();
    expect(parseProof(`${JSON.stringify(good)}${' '.repeat(5000)}`)).toBeUndefined();
  });
});
