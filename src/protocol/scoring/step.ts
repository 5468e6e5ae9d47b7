import { MAX_PERF_BPS } from '../measurement';
import { MAX_IDLE, type NodeState, ONE } from './state';
import { type Measurement, type Score, type ScoreStatus } from './words';

/** The on-chain scoring parameters; fixed-point values are 16.16 (protocol section 8). */
export interface ScoreParameters {
  /** Decay of alpha and beta per voted epoch, 1..65472. */
  lambda: bigint;
  /** Weight of the newest performance, 1..65536. */
  eta: bigint;
  /** w, what one failed epoch adds to beta, 1..15. */
  failWeight: bigint;
  /** W, the evidence every node starts against, 2^16..2^30-1. */
  priorWeight: bigint;
  /** Reporters that must agree, 1..3. */
  quorum: bigint;
  /** Epochs without a vote after which a node is unrated again, 0..254. */
  maxIdle: bigint;
  /** alpha + beta from which a score counts as established, below 2^31. */
  establishedAt: bigint;
}

const BOUNDS: Record<keyof ScoreParameters, [min: bigint, max: bigint]> = {
  lambda: [1n, 65472n],
  eta: [1n, 65536n],
  failWeight: [1n, 15n],
  priorWeight: [ONE, (1n << 30n) - 1n],
  quorum: [1n, 3n],
  maxIdle: [0n, 254n],
  establishedAt: [0n, (1n << 31n) - 1n],
};

/** @throws RangeError naming the first parameter outside its bounds, which are those of the circuit. */
export function checkParameters(parameters: ScoreParameters): void {
  for (const [name, [min, max]] of Object.entries(BOUNDS) as [keyof ScoreParameters, [bigint, bigint]][]) {
    const value = parameters[name];
    if (value < min || value > max) throw new RangeError(`parameter ${name} = ${value} is not in ${min}..${max}`);
  }
}

/** What the present reporters together say of a node. */
export interface Vote {
  outcome: 'pass' | 'fail' | 'none';
  passes: number;
  fails: number;
  /** Lower median of the passing performances in basis points; 0 unless the outcome is a pass. */
  perfBps: number;
}

/**
 * Combines the present reporters' measurements of one node: rule 2 of protocol section 8.
 * @throws RangeError when the median of a pass is above 20000 basis points, which no circuit proves.
 */
export function combineMeasurements(measurements: readonly Measurement[], quorum: number): Vote {
  const passing = measurements.filter(({ status }) => status === 2).map(({ perf }) => perf);
  const passes = passing.length;
  const fails = measurements.filter(({ status }) => status === 1).length;
  if (passes + fails < quorum || passes === fails) return { outcome: 'none', passes, fails, perfBps: 0 };
  if (passes < fails) return { outcome: 'fail', passes, fails, perfBps: 0 };
  const perfBps = passing.sort((a, b) => a - b)[Math.floor((passes - 1) / 2)]!;
  if (perfBps > MAX_PERF_BPS) throw new RangeError(`median performance ${perfBps} is above ${MAX_PERF_BPS}`);
  return { outcome: 'pass', passes, fails, perfBps };
}

const smaller = (a: bigint, b: bigint) => (a < b ? a : b);

/** Moves a node's state by one epoch: rule 3 of protocol section 8. */
export function nextState(state: NodeState, vote: Vote, parameters: ScoreParameters): NodeState {
  if (vote.outcome === 'none') return { ...state, idle: smaller(state.idle + 1n, MAX_IDLE) };
  const pass = vote.outcome === 'pass';
  const decay = (value: bigint) => (value * parameters.lambda) >> 16n;
  // BigInt's >> floors towards minus infinity, as the formula asks when the new performance is below the average.
  const towards = (((BigInt(vote.perfBps) << 16n) - state.perf) * parameters.eta) >> 16n;
  return {
    alpha: decay(state.alpha) + (pass ? ONE : 0n),
    beta: decay(state.beta) + (pass ? 0n : parameters.failWeight * ONE),
    perf: pass ? state.perf + towards : state.perf,
    idle: 0n,
  };
}

/** Share of successful evidence in basis points: ⌊10000·α / (α + β + W)⌋, rule 4 of protocol section 8. */
export function reliabilityBps(state: NodeState, parameters: ScoreParameters): bigint {
  return (10000n * state.alpha) / (state.alpha + state.beta + parameters.priorWeight);
}

function statusOf({ alpha, beta, idle }: NodeState, parameters: ScoreParameters): ScoreStatus {
  if (alpha + beta === 0n || idle > parameters.maxIdle) return 0;
  if (beta > alpha) return 3;
  return alpha + beta < parameters.establishedAt ? 1 : 2;
}

/** The score a state stands for: rules 4 and 5 of protocol section 8. */
export function scoreOf(state: NodeState, parameters: ScoreParameters): Score {
  const status = statusOf(state, parameters);
  if (status === 0) return { scoreBps: 0, status };
  const performance = smaller(state.perf >> 16n, 10000n);
  return { scoreBps: Number((reliabilityBps(state, parameters) * performance) / 10000n), status };
}
