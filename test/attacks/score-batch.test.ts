import { AbiCoder, type Contract, concat, isCallException, toBeHex } from 'ethers';
import { anchorEpoch, devnetNetwork, signedBatch } from '../../src/bench/fixtures/batch-epoch';
import { ProvenBatch } from '../../src/oracle/epochs/proven-batch';
import { verificationKey } from '../../src/zk/artifacts';
import { proveScoreBatch, type ScoreBatchProof } from '../../src/zk/score-batch';
import { startTestChain, type TestChain } from '../support/chain';
import { deployTestNetwork } from '../support/deploy';

/** Order of the field of proof points' coordinates. */
const baseField = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const scalarField = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

let chain: TestChain;
let oracle: Contract;
/** Both start from the empty state: the first posting of a batch may be of any past epoch. */
let earlier: ScoreBatchProof;
let later: ScoreBatchProof;

beforeAll(async () => {
  chain = await startTestChain();
  const network = await deployTestNetwork(chain);
  oracle = network.contract('ReputationOracle', network.accounts.reporters[0]!);
  for (const epoch of [0, 1]) {
    await anchorEpoch(oracle, (method, parameters) => chain.provider.send(method, parameters), epoch);
  }
  const address = network.deployment.contracts.ReputationOracle;
  const proven = devnetNetwork(chain.chainId, address, network.reporterKey);
  earlier = await proveScoreBatch(await signedBatch(proven, 0));
  later = await proveScoreBatch(await signedBatch(proven, 1));
}, 240_000);

afterAll(() => chain.stop());

/** What goes on-chain for a proof. */
function submissionOf(proven: ScoreBatchProof) {
  const { a: proofA, b: proofB, c: proofC } = proven.proof;
  return { ...ProvenBatch.fromProver(proven).submission, proofA, proofB, proofC };
}
type Submission = ReturnType<typeof submissionOf>;

/** Sends it for real, sees it fail in a block, and tells the error's name. */
async function refusal(submission: Submission): Promise<string> {
  const submitBatch = oracle.getFunction('submitBatch');
  const sent = await submitBatch(submission, { gasLimit: 3_000_000 });
  const receipt = await sent.wait().catch((error: unknown) => {
    if (isCallException(error) && error.receipt) return error.receipt;
    throw error;
  });
  expect(receipt.status).toBe(0);
  const error: unknown = await submitBatch.staticCall(submission).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isCallException(error)) throw new Error('the call did not revert as the transaction did');
  return error.revert?.name ?? 'no named error';
}

/** The negated A and B of a proof make another valid proof of the same statement. */
function mutated(submission: Submission): Submission {
  const [[b00, b01], [b10, b11]] = submission.proofB;
  return {
    ...submission,
    proofA: [submission.proofA[0], baseField - submission.proofA[1]],
    proofB: [
      [b00, b01],
      [baseField - b10, baseField - b11],
    ],
  };
}

/** On a curve precompile: 6 adds two points, 7 multiplies one. */
async function precompile(address: 6 | 7, words: readonly bigint[]): Promise<[bigint, bigint]> {
  const data = concat(words.map((word) => toBeHex(word, 32)));
  const answer = await chain.provider.call({ to: toBeHex(address, 20), data });
  const [x, y] = AbiCoder.defaultAbiCoder().decode(['uint256', 'uint256'], answer);
  return [x as bigint, y as bigint];
}

/**
 * A proof that verifies under every key whose setup had no contribution (gamma = delta): A = alpha, B = beta, C =
 * -vk_x.
 */
async function forged(signals: readonly bigint[]): Promise<Pick<Submission, 'proofA' | 'proofB' | 'proofC'>> {
  const key = verificationKey('score_batch') as unknown as {
    vk_alpha_1: string[];
    vk_beta_2: string[][];
    IC: string[][];
  };
  const point = (coordinates: readonly string[]): [bigint, bigint] => [
    BigInt(coordinates[0]!),
    BigInt(coordinates[1]!),
  ];
  let sum = point(key.IC[0]!);
  for (const [index, signal] of signals.entries()) {
    sum = await precompile(6, [...sum, ...(await precompile(7, [...point(key.IC[index + 1]!), signal]))]);
  }
  const [x, y] = key.vk_beta_2.map(point) as [[bigint, bigint], [bigint, bigint]];
  return {
    proofA: point(key.vk_alpha_1),
    proofB: [
      [x[1], x[0]],
      [y[1], y[0]],
    ],
    proofC: [sum[0], baseField - sum[1]],
  };
}

describe('before the posting', () => {
  it('refuses a forged proof', async () => {
    const submission = submissionOf(earlier);
    expect(await refusal({ ...submission, ...(await forged(earlier.publicSignals)) })).toBe('ProofRejected');
  });

  it.each<[string, (submission: Submission) => Submission, string]>([
    ['a state', (s) => ({ ...s, states: s.states.map((word, i) => (i === 7 ? word + 1n : word)) }), 'ProofRejected'],
    [
      'a score',
      (s) => ({ ...s, scoreWords: s.scoreWords.map((word, i) => (i === 0 ? word ^ 1n : word)) }),
      'ProofRejected',
    ],
    ['the new commitment', (s) => ({ ...s, newCommitment: s.newCommitment + 1n }), 'ProofRejected'],
    ['the vector commitment', (s) => ({ ...s, vectorCommitment: s.vectorCommitment + 1n }), 'ProofRejected'],
    ['the epoch', (s) => ({ ...s, epoch: 1n }), 'ProofRejected'],
    ['the batch', (s) => ({ ...s, batch: 1 }), 'UnknownBatch'],
    ['the presence', (s) => ({ ...s, presence: 3 }), 'ReporterNotActive'],
    ['the presence to nobody', (s) => ({ ...s, presence: 0 }), 'ReportsMissing'],
    ['an epoch not over', (s) => ({ ...s, epoch: 5n }), 'EpochNotOver'],
    ['a word to its alias', (s) => ({ ...s, newCommitment: s.newCommitment + scalarField }), 'NotInField'],
    ['a coordinate to its alias', (s) => ({ ...s, proofC: [s.proofC[0] + baseField, s.proofC[1]] }), 'NotInField'],
    [
      'the proof to another valid statement',
      (s) => ({ ...s, proofA: later.proof.a, proofB: later.proof.b, proofC: later.proof.c }),
      'ProofRejected',
    ],
  ])('refuses a change of %s', async (_what, change, error) => {
    expect(await refusal(change(submissionOf(earlier)))).toBe(error);
  });

  it('has stored nothing', async () => {
    const [proven] = await oracle.getFunction('getBatch')(0);
    expect(proven).toBe(false);
  });
});

describe('after the posting', () => {
  beforeAll(async () => {
    const sent = await oracle.getFunction('submitBatch')(submissionOf(later));
    await sent.wait();
  });

  it('refuses the same again', async () => {
    expect(await refusal(submissionOf(later))).toBe('StaleEpoch');
  });

  it('refuses the same proof in another form', async () => {
    expect(await refusal(mutated(submissionOf(later)))).toBe('StaleEpoch');
  });

  it('refuses a lower epoch, though its proof is valid', async () => {
    expect(await refusal(submissionOf(earlier))).toBe('StaleEpoch');
  });

  it('still holds the posted scores', async () => {
    const [, epoch, , commitment, words] = await oracle.getFunction('getBatch')(0);
    expect(epoch).toBe(1n);
    expect(commitment).toBe(later.newCommitment);
    expect([...words]).toEqual(later.scoreWords);
  });
});
