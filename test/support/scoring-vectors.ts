import { keccak256, toBeHex, toUtf8Bytes } from 'ethers';
import { type NodeState, ONE, ZERO_STATE } from '../../src/protocol/scoring/state';
import { combineMeasurements, nextState, type ScoreParameters, scoreOf } from '../../src/protocol/scoring/step';
import { BATCH_SIZE, type Measurement, REPORTERS } from '../../src/protocol/scoring/words';

/** Nodes that share parameters and presence through some epochs: one batch of the circuit, epoch by epoch. */
export interface VectorGroup {
  name: string;
  epochs: number;
}

/**
 * Shared vectors of the score rules. `rows` is flat, ROW_LENGTH numbers per node and epoch; groups follow one another,
 * within a group epoch after epoch, within an epoch 60 nodes.
 */
export interface ScoringVectors {
  comment: string;
  groups: VectorGroup[];
  rows: string[];
}

/** One row, in the order in which its numbers stand in the file. */
export const rowFields = [
  ...['lambda', 'eta', 'failWeight', 'priorWeight', 'quorum', 'maxIdle', 'establishedAt'],
  ...['oldAlpha', 'oldBeta', 'oldPerf', 'oldIdle', 'presence'],
  ...['status0', 'perf0', 'status1', 'perf1', 'status2', 'perf2'],
  ...['newAlpha', 'newBeta', 'newPerf', 'newIdle', 'scoreBps', 'status'],
] as const;
export const ROW_LENGTH = rowFields.length;

/** Whole numbers below a bound from keccak256(seed ‖ counter): the same on every machine. */
class Draw {
  private counter = 0n;
  constructor(private readonly seed: string) {}

  below(bound: number): number {
    const hash = keccak256(`${keccak256(toUtf8Bytes(this.seed))}${toBeHex(this.counter++, 32).slice(2)}`);
    return Number(BigInt(hash) % BigInt(bound));
  }

  between(min: number, max: number): bigint {
    return BigInt(min + this.below(max - min + 1));
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

type Statuses = readonly Measurement['status'][];

interface GroupPlan {
  name: string;
  parameters: ScoreParameters;
  /** State of each node before the first epoch. */
  initial: (draw: Draw, node: number) => NodeState;
  /** Presence mask of each epoch; at least quorum bits set. */
  presences: readonly number[];
  measure: (draw: Draw, node: number, reporter: number, epoch: number) => Measurement;
}

/** Parameters that tests use where any would do. */
export const usual: ScoreParameters = {
  lambda: 62259n,
  eta: 19661n,
  failWeight: 4n,
  priorWeight: 2n * ONE,
  quorum: 2n,
  maxIdle: 3n,
  establishedAt: 4n * ONE,
};

const zero = () => ZERO_STATE;
const statuses: Statuses = [0, 1, 2, 2, 2];
const anyMeasurement = (draw: Draw): Measurement => ({ status: draw.pick(statuses), perf: draw.below(20001) });
const edgePerfs = [0, 1, 9999, 10000, 10001, 19999, 20000];
const anyState = (draw: Draw): NodeState => ({
  alpha: draw.between(0, 2 ** 26 - 1),
  beta: draw.between(0, 2 ** 30 - 1),
  perf: draw.between(0, 2 ** 31 - 1),
  idle: draw.between(0, 255),
});
const edgeState = (draw: Draw): NodeState => ({
  alpha: draw.pick([0n, 1n, ONE, 2n ** 26n - 1n]),
  beta: draw.pick([0n, 1n, ONE, 2n ** 30n - 1n]),
  perf: draw.pick([0n, 1n, 10000n * ONE - 1n, 10000n * ONE, 20000n * ONE, 2n ** 31n - 1n]),
  idle: draw.pick([0n, 1n, 3n, 4n, 254n, 255n]),
});

function randomParameters(draw: Draw, quorum: number): ScoreParameters {
  return {
    lambda: draw.between(1, 65472),
    eta: draw.between(1, 65536),
    failWeight: draw.between(1, 15),
    priorWeight: draw.between(65536, 2 ** 30 - 1) >> draw.between(0, 12) || ONE,
    quorum: BigInt(quorum),
    maxIdle: draw.between(0, 254) % 6n,
    establishedAt: draw.between(0, 2 ** 31 - 1) >> draw.between(0, 14),
  };
}

const random = (quorum: number, presences: readonly number[]): GroupPlan => {
  const draw = new Draw(`parameters ${quorum}`);
  const parameters = randomParameters(draw, quorum);
  if (parameters.priorWeight < ONE) parameters.priorWeight = ONE;
  return { name: `random, quorum ${quorum}`, parameters, initial: zero, presences, measure: anyMeasurement };
};

const plans: readonly GroupPlan[] = [
  random(1, [1, 2, 4, 3, 7, 5]),
  random(2, [3, 7, 5, 6, 7, 3]),
  random(3, [7, 7, 7, 7, 7, 7]),
  { name: 'usual', parameters: usual, initial: zero, presences: [7, 3, 7, 6, 7, 7, 5, 7], measure: anyMeasurement },
  {
    name: 'any state, largest parameters',
    parameters: {
      lambda: 65472n,
      eta: 65536n,
      failWeight: 15n,
      priorWeight: 2n ** 30n - 1n,
      quorum: 1n,
      maxIdle: 254n,
      establishedAt: 2n ** 31n - 1n,
    },
    initial: edgeState,
    presences: [7, 1],
    measure: (draw) => ({ status: draw.pick(statuses), perf: draw.pick(edgePerfs) }),
  },
  {
    name: 'any state, smallest parameters',
    parameters: {
      lambda: 1n,
      eta: 1n,
      failWeight: 1n,
      priorWeight: ONE,
      quorum: 1n,
      maxIdle: 0n,
      establishedAt: 0n,
    },
    initial: edgeState,
    presences: [7, 4],
    measure: (draw) => ({ status: draw.pick(statuses), perf: draw.pick(edgePerfs) }),
  },
  {
    name: 'any state, usual parameters',
    parameters: usual,
    initial: anyState,
    presences: [7, 6],
    measure: anyMeasurement,
  },
  {
    name: 'ties, medians, silence',
    parameters: usual,
    initial: zero,
    presences: [7, 7, 7],
    // Every combination of three statuses, with equal, rising and falling performances.
    measure: (_draw, node, reporter, epoch) => ({
      status: (Math.floor(node / 3 ** reporter) % 3) as Measurement['status'],
      perf: [5000, 1000 + 3000 * reporter, 19000 - 6000 * reporter][epoch]!,
    }),
  },
];

function groupRows(plan: GroupPlan): bigint[] {
  const draw = new Draw(plan.name);
  const { parameters } = plan;
  const rows: bigint[] = [];
  const states = Array.from({ length: BATCH_SIZE }, (_, node) => plan.initial(draw, node));
  plan.presences.forEach((presence, epoch) => {
    for (let node = 0; node < BATCH_SIZE; node++) {
      const measurements = Array.from({ length: REPORTERS }, (_, reporter) => {
        const measured = plan.measure(draw, node, reporter, epoch);
        return (presence >> reporter) & 1 ? measured : ({ status: 0, perf: 0 } as const);
      });
      const present = measurements.filter((_, reporter) => (presence >> reporter) & 1);
      const old = states[node]!;
      const state = nextState(old, combineMeasurements(present, Number(parameters.quorum)), parameters);
      const score = scoreOf(state, parameters);
      states[node] = state;
      const { lambda, eta, failWeight, priorWeight, quorum, maxIdle, establishedAt } = parameters;
      rows.push(lambda, eta, failWeight, priorWeight, quorum, maxIdle, establishedAt);
      rows.push(old.alpha, old.beta, old.perf, old.idle, BigInt(presence));
      rows.push(...measurements.flatMap(({ status, perf }) => [BigInt(status), BigInt(perf)]));
      rows.push(state.alpha, state.beta, state.perf, state.idle, BigInt(score.scoreBps), BigInt(score.status));
    }
  });
  return rows;
}

/** The vectors that TypeScript, Solidity and the circuit must agree on: 8 groups of 60 node histories. */
export function scoringVectors(): ScoringVectors {
  return {
    comment: `Generated by test/support/scoring-vectors.ts. Each row: ${rowFields.join(', ')}.`,
    groups: plans.map(({ name, presences }) => ({ name, epochs: presences.length })),
    rows: plans.flatMap(groupRows).map(String),
  };
}

/** The vectors as the file holds them: one row per line. */
export function vectorsText({ comment, groups, rows }: ScoringVectors): string {
  const lines: string[] = [];
  for (let at = 0; at < rows.length; at += ROW_LENGTH) lines.push(rows.slice(at, at + ROW_LENGTH).join(','));
  const head = [`"comment": ${JSON.stringify(comment)}`, `"groups": ${JSON.stringify(groups)}`];
  return `{\n${head.join(',\n')},\n"rowLength": ${ROW_LENGTH},\n"rows": [\n${lines.join(',\n')}\n]\n}\n`;
}
