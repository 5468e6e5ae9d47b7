import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { poseidonNStart } from '../../src/protocol/field';
import { applyBatch, type ScoreBatchInput } from '../../src/protocol/scoring/batch';
import { ONE, packStates, ZERO_STATE, zeroStates } from '../../src/protocol/scoring/state';
import type { ScoreParameters } from '../../src/protocol/scoring/step';
import type { Measurement } from '../../src/protocol/scoring/words';
import { loadPoseidon } from '../../src/zk/poseidon';
import { ROW_LENGTH, type ScoringVectors } from '../vectors/scoring-vectors';
import { accepts, batchOfRows, domain, signalsFor, signedBatch } from './batch-fixture';

const root = join(__dirname, '..', '..');
const parameters: ScoreParameters = {
  lambda: 62259n,
  eta: 19661n,
  failWeight: 4n,
  priorWeight: 2n * ONE,
  quorum: 2n,
  maxIdle: 3n,
  establishedAt: 4n * ONE,
};
const pass = (perf: number): Measurement => ({ status: 2, perf });
const all = (measurement: Measurement) => Array.from({ length: 60 }, () => measurement);

const threeReports = () =>
  signedBatch({
    parameters,
    oldStates: zeroStates(),
    presence: 7,
    measurements: [all(pass(4000)), all(pass(5000)), all(pass(6000))],
  });

async function honest(input: ScoreBatchInput) {
  return signalsFor(input, applyBatch(input));
}

describe('score_batch agrees with the shared vectors', () => {
  const vectors = JSON.parse(readFileSync(join(root, 'contracts/test/vectors/scoring.json'), 'utf8')) as ScoringVectors;
  const epochRows = 60 * ROW_LENGTH;
  let at = 0;
  for (const { name, epochs } of vectors.groups) {
    const start = at;
    at += epochs * epochRows;
    it(name, async () => {
      for (let epoch = 0; epoch < epochs; epoch++) {
        const from = start + epoch * epochRows;
        const { signals } = await batchOfRows(
          // JSON numbers: all are below 2^53.
          vectors.rows.slice(from, from + epochRows).map(BigInt),
        );
        expect(await accepts('score_batch', signals)).toBe(true);
      }
    });
  }
});

describe('score_batch refuses', () => {
  it('another outcome than the formula gives: a score, a status, a state', async () => {
    const input = await threeReports();
    const { newStates, scoreWords } = applyBatch(input);
    expect(await accepts('score_batch', await signalsFor(input, { newStates, scoreWords }))).toBe(true);
    for (const change of [1n, 1n << 14n, 1n << 224n]) {
      const words = [...scoreWords];
      words[2]! += change;
      expect(await accepts('score_batch', await signalsFor(input, { newStates, scoreWords: words }))).toBe(false);
    }
    for (const shift of [0n, 26n, 56n, 87n, 95n, 182n]) {
      const states = [...newStates];
      states[11]! += 1n << shift;
      expect(await accepts('score_batch', await signalsFor(input, { newStates: states, scoreWords }))).toBe(false);
    }
  });

  it('a y or a C that does not fit', async () => {
    const signals = await honest(await threeReports());
    expect(await accepts('score_batch', { ...signals, y: (signals['y'] as bigint) + 1n })).toBe(false);
    expect(await accepts('score_batch', { ...signals, C: (signals['C'] as bigint) + 1n })).toBe(false);
    expect(await accepts('score_batch', { ...signals, z: (signals['z'] as bigint) + 1n })).toBe(false);
  });

  it('a report signed for another chain, contract, methodology, epoch, batch or evidence', async () => {
    const input = await threeReports();
    const changes: Partial<ScoreBatchInput>[] = [
      { chainId: 56n },
      { oracle: '0x00000000000000000000000000000000000000aa' },
      { methodologyHash: `0x${'5a'.repeat(32)}` },
      { epoch: domain.epoch + 1n },
      { batch: domain.batch + 1n },
      { reports: input.reports.map((report) => report && { ...report, evidenceRoot: `0x${'ee'.repeat(32)}` }) },
    ];
    for (const change of changes)
      expect(await accepts('score_batch', await honest({ ...input, ...change }))).toBe(false);
  });

  it('words changed after signing, a signature of another reporter, R8 off the curve', async () => {
    const input = await threeReports();
    const [first, second, third] = input.reports;
    const forged = { ...first!, measurementWords: first!.measurementWords.map((word, i) => (i ? word : word - 1n)) };
    expect(await accepts('score_batch', await honest({ ...input, reports: [forged, second!, third!] }))).toBe(false);
    const swapped = { ...first!, signature: second!.signature };
    expect(await accepts('score_batch', await honest({ ...input, reports: [swapped, second!, third!] }))).toBe(false);
    const signals = await honest({ ...input, reports: [null, second!, third!] });
    expect(await accepts('score_batch', signals)).toBe(true);
    const R8 = signals['R8'] as bigint[][];
    expect(await accepts('score_batch', { ...signals, R8: [[1n, 2n], R8[1]!, R8[2]!] })).toBe(false);
  });

  it('S beyond the subgroup order (a second form of the same signature)', async () => {
    const signals = await honest(await threeReports());
    const S = signals['S'] as bigint[];
    const order = 2736030358979909402780800718157159386076813972158567259200215660948447373041n;
    expect(await accepts('score_batch', { ...signals, S: [S[0]! + order, S[1]!, S[2]!] })).toBe(false);
  });

  it('fewer reports than the quorum, presence that is no bit, a report of an inactive slot', async () => {
    const input = await threeReports();
    const signals = await honest(input);
    const one = await honest({
      ...input,
      reports: [input.reports[0]!, null, null],
      parameters: { ...parameters, quorum: 1n },
    });
    expect(await accepts('score_batch', one)).toBe(true);
    expect(await accepts('score_batch', { ...one, quorum: 2n })).toBe(false);
    expect(await accepts('score_batch', { ...signals, present: [2n, 1n, 0n] })).toBe(false);
    expect(await accepts('score_batch', { ...signals, present: [3n, 0n, 0n] })).toBe(false);
    const keys = signals['keys'] as bigint[][];
    const inactive = await honest({
      ...input,
      keys: [null, input.keys[1]!, input.keys[2]!],
      reports: [null, ...input.reports.slice(1)],
    });
    expect(await accepts('score_batch', inactive)).toBe(true);
    expect(await accepts('score_batch', { ...signals, keys: [[0n, 0n], keys[1]!, keys[2]!] })).toBe(false);
  });

  it('words or evidence of an absent reporter', async () => {
    const input = await threeReports();
    const signals = await honest({ ...input, reports: [null, input.reports[1]!, input.reports[2]!] });
    const words = signals['words'] as bigint[][];
    const evidence = signals['evidence'] as bigint[][];
    const filled = [input.reports[0]!.measurementWords, words[1]!, words[2]!] as bigint[][];
    expect(await accepts('score_batch', { ...signals, words: filled })).toBe(false);
    expect(await accepts('score_batch', { ...signals, evidence: [[0n, 1n], evidence[1]!, evidence[2]!] })).toBe(false);
  });
});

describe('score_batch bounds', () => {
  const wide: [keyof ScoreParameters, bigint, bigint][] = [
    ['lambda', 1n, 65472n],
    ['eta', 1n, 65536n],
    ['failWeight', 1n, 15n],
    ['priorWeight', ONE, 2n ** 30n - 1n],
    ['maxIdle', 0n, 254n],
    ['establishedAt', 0n, 2n ** 31n - 1n],
    ['quorum', 1n, 3n],
  ];

  it.each(wide)('%s is %s to %s', async (name, min, max) => {
    const input = await threeReports();
    for (const value of [min, max]) {
      expect(
        await accepts('score_batch', await honest({ ...input, parameters: { ...parameters, [name]: value } })),
      ).toBe(true);
    }
    const signals = await honest(input);
    for (const value of [min - 1n, max + 1n]) {
      const field = value < 0n ? 21888242871839275222246405745257275088548364400416034343698204186575808495616n : value;
      expect(await accepts('score_batch', { ...signals, [name]: field })).toBe(false);
    }
  });

  it('a median performance is at most 20000, a higher one beside it does no harm', async () => {
    const word = (perf: number) => Array.from({ length: 60 }, () => pass(perf));
    const base = { parameters: { ...parameters, quorum: 1n }, oldStates: zeroStates(), presence: 1 };
    const top = await signedBatch({ ...base, measurements: [word(20000), word(0), word(0)] });
    expect(await accepts('score_batch', await honest(top))).toBe(true);
    const signals = await honest(top);
    const words = signals['words'] as bigint[][];
    // One more than 20000 in node 0: refused whatever is claimed, for the signature and for the bound.
    expect(
      await accepts('score_batch', {
        ...signals,
        words: [words[0]!.map((w, i) => (i ? w : w + 1n)), ...words.slice(1)],
      }),
    ).toBe(false);
  });

  it('a state word has 190 bits', async () => {
    const input = await threeReports();
    const full = packStates(
      Array.from({ length: 60 }, () => ({
        alpha: 2n ** 26n - 1n,
        beta: 2n ** 30n - 1n,
        perf: 2n ** 31n - 1n,
        idle: 255n,
      })),
    );
    expect(await accepts('score_batch', await honest({ ...input, oldStates: full }))).toBe(true);
    const signals = await honest(input);
    const beyond = zeroStates();
    beyond[0] = 1n << 190n;
    expect(await accepts('score_batch', { ...signals, oldStates: beyond })).toBe(false);
  });

  it('the first values of PoseidonN in tags.circom are those of the tags', async () => {
    const { hash } = await loadPoseidon();
    const source = readFileSync(join(root, 'circuits', 'lib', 'tags.circom'), 'utf8');
    const tags: [string, string, number][] = [
      ['REPORT_START', 'dpin/report/1', 13],
      ['STATE_START', 'dpin/state/1', 30],
      ['VECTOR_START', 'dpin/vector/1', 62],
    ];
    for (const [name, tag, count] of tags) {
      expect(source).toContain(`function ${name}() {\n    return ${poseidonNStart(hash, tag, count)};`);
    }
    expect(ZERO_STATE.alpha).toBe(0n);
  });
});
