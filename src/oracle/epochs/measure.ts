import { concat, keccak256 } from 'ethers';
import { u256 } from '../../protocol/bytes';
import { type EpochStatusValue, epochMeasurement, type RoundOutcome, roundPerfBps } from '../../protocol/measurement';
import { BATCH_SIZE, batchOf, type Measurement, packMeasurements } from '../../protocol/scoring/words';
import { type VerdictCode, verdictGroup } from '../../protocol/verdicts';

/** Verdict on one device of a node in one round. */
export interface DeviceVerdict {
  round: number;
  nodeId: number;
  device: number;
  code: VerdictCode;
  /** Performance in basis points of the class reference; null where the verdict brings none. */
  perfBps: number | null;
}

/** A node's epoch in the eyes of one reporter, with the counts behind it. */
export interface NodeMeasurement {
  nodeId: number;
  status: EpochStatusValue;
  perf: number;
  rounds: number;
  neutral: number;
  missed: number;
  failed: number;
  passed: number;
}

/**
 * One outcome for a node's round from the verdicts on its devices, one per registered device. Worst first, so that a
 * second device cannot hide the first: a failed device fails the round; a fault of the reporter makes it neutral;
 * otherwise a passed device makes it a pass whose value is the floor of the mean over all devices, the others counting
 * 0 (protocol section 2); with none passed it is missed if any device was missed, else neutral.
 */
export function roundOutcome(devices: readonly DeviceVerdict[]): RoundOutcome {
  const first = (matches: (code: VerdictCode) => boolean) => devices.find(({ code }) => matches(code))?.code;
  const failed = first((code) => verdictGroup(code) === 'fail');
  if (failed) return { code: failed, perfBps: 0 };
  if (first((code) => code === 'ORACLE_FAULT')) return { code: 'ORACLE_FAULT', perfBps: 0 };
  const passed = devices.filter(({ code }) => verdictGroup(code) === 'pass');
  if (passed.length > 0) {
    return {
      code: 'OK',
      perfBps: roundPerfBps(
        passed.map(({ perfBps }) => perfBps ?? 0),
        devices.length,
      ),
    };
  }
  const other = first((code) => verdictGroup(code) === 'missed') ?? devices[0]?.code;
  if (!other) throw new RangeError('a round outcome needs at least one device');
  return { code: other, perfBps: 0 };
}

/** Measurements of all nodes that were challenged in an epoch, in order of nodeId; a pure function of the verdicts. */
export function measureEpoch(verdicts: readonly DeviceVerdict[]): NodeMeasurement[] {
  const nodes = groupBy(verdicts, ({ nodeId }) => nodeId);
  return [...nodes.entries()]
    .sort(([a], [b]) => a - b)
    .map(([nodeId, ofNode]) => {
      const outcomes = [...groupBy(ofNode, ({ round }) => round).values()].map(roundOutcome);
      const count = (group: string) => outcomes.filter(({ code }) => verdictGroup(code) === group).length;
      return {
        nodeId,
        ...epochMeasurement(outcomes),
        rounds: outcomes.length,
        neutral: count('neutral'),
        missed: count('missed'),
        failed: count('fail'),
        passed: count('pass'),
      };
    });
}

/** The 5 measurement words of one batch; a node without a measurement is status none. */
export function batchWords(
  batch: number,
  measurements: readonly Pick<NodeMeasurement, 'nodeId' | 'status' | 'perf'>[],
): bigint[] {
  const slots = Array.from({ length: BATCH_SIZE }, (): Measurement => ({ status: 0, perf: 0 }));
  for (const { nodeId, status, perf } of measurements) {
    const place = batchOf(nodeId);
    if (place.batch === batch) slots[place.index] = { status, perf };
  }
  return packMeasurements(slots);
}

/**
 * keccak256 over the words of all batches in order, 32 bytes each: what `anchorEvidence` fixes (protocol section 7).
 */
export function measurementsHash(wordsOfBatches: readonly (readonly bigint[])[]): string {
  return keccak256(concat(wordsOfBatches.flat().map(u256)));
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
