import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIELD_ORDER, poseidonNStart } from '../../src/protocol/field';
import { applyBatch, reportMessage, type ScoreBatchInput } from '../../src/protocol/scoring/batch';
import { ONE, packStates, zeroStates } from '../../src/protocol/scoring/state';
import type { ScoreParameters } from '../../src/protocol/scoring/step';
import type { Measurement } from '../../src/protocol/scoring/words';
import { SUBGROUP_ORDER, signReport } from '../../src/zk/eddsa';
import { loadPoseidon } from '../../src/zk/poseidon';
import type { Signals } from '../../src/zk/score-batch-signals';
import { usual as parameters, ROW_LENGTH, type ScoringVectors } from '../support/scoring-vectors';
import { batchOfRows, domain, refusal, reporterKeys, signalsFor, signedBatch } from './fixture';

const root = join(__dirname, '..', '..');
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

/** Expects a witness. */
async function passes(signals: Signals): Promise<void> {
  expect(await refusal('score_batch', signals)).toBe('');
}

/** Expects the check that fails to lie in these templates, innermost first. */
async function fails(signals: Signals, where: string): Promise<void> {
  expect(await refusal('score_batch', signals)).toBe(where);
}

const inSignature = 'ForceEqualIfEnabled < EdDSAPoseidonVerifier < Report < ScoreBatch';
const inReport = 'Report < ScoreBatch';

beforeAll(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterAll(() => {
  jest.restoreAllMocks();
});

describe('score_batch agrees with the shared vectors', () => {
  const vectors = JSON.parse(readFileSync(join(root, 'contracts/test/vectors/scoring.json'), 'utf8')) as ScoringVectors;
  const epochRows = 60 * ROW_LENGTH;
  let at = 0;
  for (const { name, epochs } of vectors.groups) {
    const start = at;
    at += epochs * epochRows;
    it(`agrees with the shared vectors of the group: ${name}`, async () => {
      for (let epoch = 0; epoch < epochs; epoch++) {
        const from = start + epoch * epochRows;
        const { signals } = await batchOfRows(
          // JSON numbers: all are below 2^53.
          vectors.rows.slice(from, from + epochRows).map(BigInt),
        );
        await passes(signals);
      }
    });
  }
});

describe('score_batch refuses', () => {
  it('refuses another outcome than the formula gives: a score, a status, a state', async () => {
    const input = await threeReports();
    const { newStates, scoreWords } = applyBatch(input);
    await passes(await signalsFor(input, { newStates, scoreWords }));
    for (const change of [1n, 1n << 14n, 1n << 224n]) {
      const changed = scoreWords.map((word, i) => (i === 2 ? word + change : word));
      await fails(await signalsFor(input, { newStates, scoreWords: changed }), 'ScoreBatch');
    }
    for (const shift of [0n, 26n, 56n, 87n, 95n, 182n]) {
      const changed = newStates.map((word, i) => (i === 11 ? word + (1n << shift) : word));
      await fails(await signalsFor(input, { newStates: changed, scoreWords }), 'ScoreBatch');
    }
  });

  it('refuses a y, a C or a z that does not fit', async () => {
    const signals = await honest(await threeReports());
    for (const name of ['C', 'z', 'y']) {
      await fails({ ...signals, [name]: (signals[name] as bigint) + 1n }, 'ScoreBatch');
    }
  });

  it('refuses a report signed for another chain, contract, methodology, epoch, batch or evidence', async () => {
    const input = await threeReports();
    const changes: Partial<ScoreBatchInput>[] = [
      { chainId: 56n },
      { oracle: '0x00000000000000000000000000000000000000aa' },
      { methodologyHash: `0x${'5a'.repeat(32)}` },
      { epoch: domain.epoch + 1n },
      { batch: domain.batch + 1n },
      { reports: input.reports.map((report) => report && { ...report, evidenceRoot: `0x${'ee'.repeat(32)}` }) },
    ];
    for (const change of changes) await fails(await honest({ ...input, ...change }), inSignature);
  });

  it('refuses words changed after signing, a signature of another reporter, R8 off the curve', async () => {
    const input = await threeReports();
    const [first, second, third] = input.reports;
    const forged = { ...first!, measurementWords: first!.measurementWords.map((word, i) => (i ? word : word - 1n)) };
    await fails(await honest({ ...input, reports: [forged, second!, third!] }), inSignature);
    const swapped = { ...first!, signature: second!.signature };
    await fails(await honest({ ...input, reports: [swapped, second!, third!] }), inSignature);
    const signals = await honest({ ...input, reports: [null, second!, third!] });
    await passes(signals);
    const R8 = signals['R8'] as bigint[][];
    await fails({ ...signals, R8: [[1n, 2n], R8[1]!, R8[2]!] }, 'BabyCheck < Report < ScoreBatch');
  });

  it('refuses S beyond the subgroup order, a second form of the same signature', async () => {
    const signals = await honest(await threeReports());
    const S = signals['S'] as bigint[];
    const beyond = [S[0]! + SUBGROUP_ORDER, S[1]!, S[2]!];
    await fails({ ...signals, S: beyond }, 'EdDSAPoseidonVerifier < Report < ScoreBatch');
  });

  it('refuses fewer reports than the quorum', async () => {
    const input = await threeReports();
    const [first] = input.reports;
    const alone = { ...input, reports: [first!, null, null], parameters: { ...parameters, quorum: 1n } };
    const signals = await honest(alone);
    await passes(signals);
    await fails({ ...signals, quorum: 2n }, 'Num2Bits < ScoreBatch');
  });

  it('refuses presence that is no bit, a report of an inactive slot', async () => {
    const input = await threeReports();
    const signals = await honest(input);
    await fails({ ...signals, present: [2n, 1n, 0n] }, inReport);
    await fails({ ...signals, present: [3n, 0n, 0n] }, inReport);
    const [, second, third] = input.keys;
    const inactive = { ...input, keys: [null, second!, third!], reports: [null, ...input.reports.slice(1)] };
    await passes(await honest(inactive));
    await fails({ ...signals, keys: [[0n, 0n], [...second!], [...third!]] }, inReport);
  });

  it('refuses words or evidence of an absent reporter', async () => {
    const input = await threeReports();
    const [first, second, third] = input.reports;
    const signals = await honest({ ...input, reports: [null, second!, third!] });
    const [, ...words] = signals['words'] as bigint[][];
    const [, ...evidence] = signals['evidence'] as bigint[][];
    await fails({ ...signals, words: [[...first!.measurementWords], ...words] }, inReport);
    await fails({ ...signals, evidence: [[0n, 1n], ...evidence] }, inReport);
  });
});

describe('score_batch bounds', () => {
  const bounds: [keyof ScoreParameters, bigint, bigint][] = [
    ['lambda', 1n, 65472n],
    ['eta', 1n, 65536n],
    ['failWeight', 1n, 15n],
    ['priorWeight', ONE, 2n ** 30n - 1n],
    ['maxIdle', 0n, 254n],
    ['quorum', 1n, 3n],
  ];

  it.each(bounds)('takes %s from %s to %s alone', async (name, min, max) => {
    const input = await threeReports();
    for (const value of [min, max]) {
      await passes(await honest({ ...input, parameters: { ...parameters, [name]: value } }));
    }
    const signals = await honest(input);
    for (const value of [min - 1n, max + 1n]) {
      const element = (value + FIELD_ORDER) % FIELD_ORDER;
      await fails({ ...signals, [name]: element }, 'Num2Bits < InRange < Parameters < ScoreBatch');
    }
  });

  it('takes establishedAt below 2^31 alone', async () => {
    const input = await threeReports();
    const top = 2n ** 31n - 1n;
    await passes(await honest({ ...input, parameters: { ...parameters, establishedAt: top } }));
    await fails({ ...(await honest(input)), establishedAt: top + 1n }, 'Num2Bits < Parameters < ScoreBatch');
  });

  it('takes a median performance of at most 20000', async () => {
    const { hash } = await loadPoseidon();
    const [key] = await reporterKeys();
    const content = { parameters: { ...parameters, quorum: 1n }, oldStates: zeroStates(), presence: 1 };
    const top = await signedBatch({ ...content, measurements: [all(pass(20000)), [], []] });
    const signals = await honest(top);
    await passes(signals);
    // packMeasurements refuses 20001, so it is written, and signed, by hand.
    const measurementWords = top.reports[0]!.measurementWords.map((word, i) => (i ? word : word + 1n));
    const { evidenceRoot } = top.reports[0]!;
    const signature = await signReport(key!, reportMessage(hash, { ...domain, evidenceRoot, measurementWords }));
    const [, ...words] = signals['words'] as bigint[][];
    const [, ...R8] = signals['R8'] as bigint[][];
    const [, ...S] = signals['S'] as bigint[];
    const beyond = { words: [measurementWords, ...words], R8: [[...signature.R8], ...R8], S: [signature.S, ...S] };
    await fails({ ...signals, ...beyond }, 'Num2Bits < Vote < ScoreBatch');
  });

  it('refuses status 3 and bits of a measurement word beyond its nodes', async () => {
    const signals = await honest(await threeReports());
    const [first, ...words] = signals['words'] as bigint[][];
    // Node 0 of each report has status 2; one more is 3.
    const third = first!.map((word, i) => (i ? word : word + (1n << 15n)));
    await fails({ ...signals, words: [third, ...words] }, inSignature);
    const beyond = first!.map((word, i) => (i === 4 ? word + (1n << 68n) : word));
    await fails({ ...signals, words: [beyond, ...words] }, inSignature);
  });

  it('takes 190 bits of a state word', async () => {
    const input = await threeReports();
    const largest = { alpha: 2n ** 26n - 1n, beta: 2n ** 30n - 1n, perf: 2n ** 31n - 1n, idle: 255n };
    const full = packStates(Array.from({ length: 60 }, () => largest));
    await passes(await honest({ ...input, oldStates: full }));
    const beyond = [1n << 190n, ...zeroStates().slice(1)];
    await fails({ ...(await honest(input)), oldStates: beyond }, 'Num2Bits < UnpackStates < ScoreBatch');
  });
});

it('finds in tags.circom the first value of PoseidonN for each tag', async () => {
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
});
