import * as snarkjs from 'snarkjs';
import { reportMessage, type ScoreBatchInput } from '../../src/protocol/scoring/batch';
import { packStates, stateCommitment } from '../../src/protocol/scoring/state';
import type { ScoreParameters } from '../../src/protocol/scoring/step';
import { evaluateVector, publicVector, vectorChallenge, vectorCommitment } from '../../src/protocol/scoring/vector';
import { type Measurement, packMeasurements, packScores, type ScoreStatus } from '../../src/protocol/scoring/words';
import { circuitFiles } from '../../src/zk/artifacts';
import { type ReporterKey, reporterKeyFromSeed, signReport } from '../../src/zk/eddsa';
import { loadPoseidon } from '../../src/zk/poseidon';
import { type BatchStatement, batchSignals, type Signals } from '../../src/zk/score-batch-signals';
import { ROW_LENGTH } from '../support/scoring-vectors';

export const domain = {
  chainId: 31337n,
  oracle: '0x5fbdb2315678afecb367f032d93f642f64180aa3',
  methodologyHash: `0x${'a5'.repeat(32)}`,
  epoch: 7n,
  batch: 0n,
};

/** Keys of three test reporters. */
export async function reporterKeys(): Promise<ReporterKey[]> {
  return Promise.all([1, 2, 3].map((seed) => reporterKeyFromSeed(new Uint8Array(32).fill(seed))));
}

/** A batch with reports signed by the reporters of the presence mask. */
export async function signedBatch(content: {
  parameters: ScoreParameters;
  oldStates: readonly bigint[];
  presence: number;
  measurements: readonly (readonly Measurement[])[];
}): Promise<ScoreBatchInput> {
  const { hash } = await loadPoseidon();
  const keys = await reporterKeys();
  const reports = await Promise.all(
    keys.map(async (key, slot) => {
      if (!((content.presence >> slot) & 1)) return null;
      const measurementWords = packMeasurements(content.measurements[slot]!);
      const evidenceRoot = `0x${String(slot + 1).repeat(64)}`;
      const message = reportMessage(hash, { ...domain, evidenceRoot, measurementWords });
      return { evidenceRoot, measurementWords, signature: await signReport(key, message) };
    }),
  );
  return {
    ...domain,
    parameters: content.parameters,
    keys: keys.map(({ publicKey }) => publicKey),
    reports,
    oldStates: content.oldStates,
  };
}

/** 60 rows of the shared vectors as a batch and the statement that those rows, not our code, say it leads to. */
export async function batchOfRows(rows: readonly bigint[]): Promise<{ input: ScoreBatchInput; signals: Signals }> {
  const nodes = Array.from({ length: 60 }, (_, node) => rows.slice(node * ROW_LENGTH, (node + 1) * ROW_LENGTH));
  const [lambda, eta, failWeight, priorWeight, quorum, maxIdle, establishedAt] = nodes[0]!;
  const state = (row: readonly bigint[], at: number) => ({
    alpha: row[at]!,
    beta: row[at + 1]!,
    perf: row[at + 2]!,
    idle: row[at + 3]!,
  });
  const input = await signedBatch({
    parameters: {
      lambda: lambda!,
      eta: eta!,
      failWeight: failWeight!,
      priorWeight: priorWeight!,
      quorum: quorum!,
      maxIdle: maxIdle!,
      establishedAt: establishedAt!,
    },
    oldStates: packStates(nodes.map((row) => state(row, 7))),
    presence: Number(nodes[0]![11]),
    measurements: [0, 1, 2].map((slot) =>
      nodes.map((row) => ({
        status: Number(row[12 + 2 * slot]) as Measurement['status'],
        perf: Number(row[13 + 2 * slot]),
      })),
    ),
  });
  const newStates = packStates(nodes.map((row) => state(row, 18)));
  const scoreWords = packScores(
    nodes.map((row) => ({ scoreBps: Number(row[22]), status: Number(row[23]) as ScoreStatus })),
  );
  return { input, signals: await signalsFor(input, { newStates, scoreWords }) };
}

/** Circuit inputs that claim a given outcome, right or wrong, with a C, z and y that fit it. */
export async function signalsFor(
  input: ScoreBatchInput,
  claimed: { newStates: bigint[]; scoreWords: bigint[] },
): Promise<Signals> {
  const { hash } = await loadPoseidon();
  const commitments = {
    old: stateCommitment(hash, input.oldStates),
    new: stateCommitment(hash, claimed.newStates),
  };
  const vector = publicVector(input, claimed, commitments);
  const C = vectorCommitment(hash, vector);
  const z = vectorChallenge(vector, C);
  const statement: Pick<BatchStatement, 'publicSignals'> = { publicSignals: [C, z, evaluateVector(vector, z)] };
  return batchSignals(input, statement);
}

/**
 * Where the circuit has no witness for the inputs: the templates around the check that failed, innermost first, as in
 * "IsZero < Report < ScoreBatch". Empty when it has one.
 */
export async function refusal(circuit: 'score_batch' | 'tree', signals: Signals): Promise<string> {
  const { wasm } = await circuitFiles(circuit);
  try {
    await snarkjs.wtns.calculate(signals as snarkjs.CircuitSignals, wasm, { type: 'mem' });
    return '';
  } catch (error) {
    if (!(error instanceof Error && /Assert Failed/.test(error.message))) throw error;
    return [...error.message.matchAll(/template (\w+)_\d+/g)].map(([, template]) => template).join(' < ');
  }
}
