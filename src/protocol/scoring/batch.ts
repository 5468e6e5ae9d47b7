import { hashLimbs, type PoseidonHash, poseidonN } from '../field';
import { type NodeState, packStates, unpackStates } from './state';
import { checkParameters, combineMeasurements, nextState, type ScoreParameters, scoreOf, type Vote } from './step';
import { MEASUREMENT_WORDS, packScores, REPORTERS, type Score, unpackMeasurements } from './words';

/** What one reporter signs for one batch of one epoch. */
export interface ReportContent {
  chainId: bigint;
  /** Address of the ReputationOracle. */
  oracle: string;
  /** 32-byte hash, 0x-prefixed. */
  methodologyHash: string;
  epoch: bigint;
  batch: bigint;
  /** Merkle root over the epoch's transcripts, 32 bytes, 0x-prefixed. */
  evidenceRoot: string;
  /** 5 words of `packMeasurements`. */
  measurementWords: readonly bigint[];
}

/** A point of the Baby Jubjub curve. */
export type CurvePoint = readonly [x: bigint, y: bigint];

/** EdDSA-Poseidon signature over `reportMessage`. */
export interface ReportSignature {
  R8: CurvePoint;
  S: bigint;
}

/** A present reporter's contribution to a batch. */
export interface SignedReport {
  evidenceRoot: string;
  measurementWords: readonly bigint[];
  signature: ReportSignature;
}

/** Everything a batch proof is made from: chain data and signed reports. */
export interface ScoreBatchInput {
  chainId: bigint;
  oracle: string;
  epoch: bigint;
  batch: bigint;
  methodologyHash: string;
  parameters: ScoreParameters;
  /** Baby Jubjub key of each of the 3 slots; null for a slot that is not active in the epoch. */
  keys: readonly (CurvePoint | null)[];
  /** Report of each of the 3 slots; null for an absent one. */
  reports: readonly (SignedReport | null)[];
  /** 30 packed states before the epoch. */
  oldStates: readonly bigint[];
}

/** What a batch's reports turn its states into. */
export interface ScoreBatchResult {
  votes: Vote[];
  states: NodeState[];
  scores: Score[];
  /** 30 packed states. */
  newStates: bigint[];
  /** 4 packed words of scores. */
  scoreWords: bigint[];
}

/** The field element a reporter signs: PoseidonN("dpin/report/1", …) of protocol section 8. */
export function reportMessage(poseidon: PoseidonHash, report: ReportContent): bigint {
  unpackMeasurements(report.measurementWords);
  return poseidonN(poseidon, 'dpin/report/1', [
    report.chainId,
    BigInt(report.oracle),
    ...hashLimbs(report.methodologyHash),
    report.epoch,
    report.batch,
    ...hashLimbs(report.evidenceRoot),
    ...report.measurementWords,
  ]);
}

function checkSlots(input: ScoreBatchInput): void {
  if (input.keys.length !== REPORTERS || input.reports.length !== REPORTERS) {
    throw new RangeError(`a batch has ${REPORTERS} reporter slots`);
  }
  let present = 0n;
  input.reports.forEach((report, slot) => {
    if (!report) return;
    if (!input.keys[slot]) throw new RangeError(`slot ${slot} is not active, so its report does not count`);
    if (report.measurementWords.length !== MEASUREMENT_WORDS) throw new RangeError(`slot ${slot}: wrong word count`);
    present += 1n;
  });
  if (present < input.parameters.quorum) {
    throw new RangeError(`${present} reports, quorum is ${input.parameters.quorum}`);
  }
}

/**
 * Applies one epoch's reports to a batch: the same function that the circuit proves (signatures aside).
 * @throws RangeError for parameters or words out of bounds, a report of an inactive slot, too few reports.
 */
export function applyBatch(input: ScoreBatchInput): ScoreBatchResult {
  checkParameters(input.parameters);
  checkSlots(input);
  const present = input.reports.flatMap((report) => (report ? [unpackMeasurements(report.measurementWords)] : []));
  const votes: Vote[] = [];
  const states: NodeState[] = [];
  unpackStates(input.oldStates).forEach((state, node) => {
    const vote = combineMeasurements(
      present.map((measurements) => measurements[node]!),
      Number(input.parameters.quorum),
    );
    votes.push(vote);
    states.push(nextState(state, vote, input.parameters));
  });
  const scores = states.map((state) => scoreOf(state, input.parameters));
  return { votes, states, scores, newStates: packStates(states), scoreWords: packScores(scores) };
}
