import fc from 'fast-check';
import { type NodeState, ONE, packStates, unpackStates, ZERO_STATE } from './state';
import { checkParameters, combineMeasurements, nextState, type ScoreParameters, scoreOf } from './step';
import { type Measurement, packMeasurements, packScores, type Score, unpackMeasurements, unpackScores } from './words';

const parameters: ScoreParameters = {
  lambda: 62259n,
  eta: 19661n,
  failWeight: 4n,
  priorWeight: 2n * ONE,
  quorum: 2n,
  maxIdle: 3n,
  establishedAt: 4n * ONE,
};
const none: Measurement = { status: 0, perf: 0 };
const fail: Measurement = { status: 1, perf: 0 };
const pass = (perf: number): Measurement => ({ status: 2, perf });
const passVote = { outcome: 'pass', passes: 1, fails: 0, perfBps: 10000 } as const;
const failVote = { outcome: 'fail', passes: 0, fails: 1, perfBps: 0 } as const;
const noVote = { outcome: 'none', passes: 0, fails: 0, perfBps: 0 } as const;

const anyState = fc.record<NodeState>({
  alpha: fc.bigInt(0n, 2n ** 26n - 1n),
  beta: fc.bigInt(0n, 2n ** 30n - 1n),
  perf: fc.bigInt(0n, 2n ** 31n - 1n),
  idle: fc.bigInt(0n, 255n),
});
const anyParameters = fc.record<ScoreParameters>({
  lambda: fc.bigInt(1n, 65472n),
  eta: fc.bigInt(1n, 65536n),
  failWeight: fc.bigInt(1n, 15n),
  priorWeight: fc.bigInt(ONE, 2n ** 30n - 1n),
  quorum: fc.bigInt(1n, 3n),
  maxIdle: fc.bigInt(0n, 254n),
  establishedAt: fc.bigInt(0n, 2n ** 31n - 1n),
});
const anyVote = fc.oneof(
  fc.nat(20000).map((perfBps) => ({ ...passVote, perfBps })),
  fc.constant(failVote),
  fc.constant(noVote),
);

describe('combineMeasurements', () => {
  it('needs a quorum of votes and a majority', () => {
    expect(combineMeasurements([pass(1), none, none], 2).outcome).toBe('none');
    expect(combineMeasurements([pass(1), fail, none], 2).outcome).toBe('none');
    expect(combineMeasurements([pass(1), fail, fail], 2).outcome).toBe('fail');
    expect(combineMeasurements([pass(1), fail, pass(3)], 2).outcome).toBe('pass');
    expect(combineMeasurements([], 1).outcome).toBe('none');
  });

  it('takes the lower median of the passing values only', () => {
    expect(combineMeasurements([pass(9), fail, pass(3)], 2).perfBps).toBe(3);
    expect(combineMeasurements([pass(9), pass(1), pass(5)], 2).perfBps).toBe(5);
    expect(combineMeasurements([pass(9), none, none], 1).perfBps).toBe(9);
  });

  it('refuses a median that no circuit proves, and only that', () => {
    expect(() => combineMeasurements([pass(20001)], 1)).toThrow(RangeError);
    expect(combineMeasurements([pass(20001), pass(5), pass(6)], 1).perfBps).toBe(6);
  });
});

describe('nextState', () => {
  it('keeps every value within its bits', () => {
    fc.assert(
      fc.property(anyState, anyVote, anyParameters, (state, vote, chosen) => {
        const next = nextState(state, vote, chosen);
        expect(unpackStates(packStates(Array.from({ length: 60 }, () => next)))[59]).toEqual(next);
        const { scoreBps } = scoreOf(next, chosen);
        expect(scoreBps).toBeGreaterThanOrEqual(0);
        expect(scoreBps).toBeLessThanOrEqual(10000);
      }),
    );
  });

  it('floors a falling average towards minus infinity', () => {
    const state = { ...ZERO_STATE, perf: 1n };
    expect(nextState(state, { ...passVote, perfBps: 0 }, { ...parameters, eta: 1n }).perf).toBe(0n);
  });

  it('changes only idle without a vote, up to 255', () => {
    const state = { alpha: 5n, beta: 6n, perf: 7n, idle: 254n };
    expect(nextState(state, noVote, parameters)).toEqual({ ...state, idle: 255n });
    expect(nextState({ ...state, idle: 255n }, noVote, parameters).idle).toBe(255n);
  });
});

describe('scoreOf', () => {
  it('leaves a node unrated without evidence or when it was idle for too long', () => {
    expect(scoreOf(ZERO_STATE, parameters)).toEqual({ scoreBps: 0, status: 0 });
    const rated = { alpha: ONE, beta: 0n, perf: 10000n * ONE, idle: 3n };
    expect(scoreOf(rated, parameters)).toEqual({ scoreBps: 3333, status: 1 });
    expect(scoreOf({ ...rated, idle: 4n }, parameters)).toEqual({ scoreBps: 0, status: 0 });
  });

  it('raises the score with passes, from 0 for a new node, and lowers it with one fail', () => {
    let state = ZERO_STATE;
    let last = scoreOf(state, parameters).scoreBps;
    for (let epoch = 0; epoch < 30; epoch++) {
      state = nextState(state, passVote, parameters);
      const { scoreBps } = scoreOf(state, parameters);
      expect(scoreBps).toBeGreaterThan(last);
      last = scoreBps;
    }
    expect(scoreOf(state, parameters).status).toBe(2);
    expect(scoreOf(nextState(state, failVote, parameters), parameters).scoreBps).toBeLessThan(last);
  });

  it('calls a node failing once failures outweigh passes', () => {
    const state = nextState(nextState(ZERO_STATE, passVote, parameters), failVote, parameters);
    expect(scoreOf(state, parameters).status).toBe(3);
  });

  it('never rewards more than the reference performance', () => {
    const state = { alpha: ONE, beta: 0n, perf: 10000n * ONE, idle: 0n };
    expect(scoreOf({ ...state, perf: 20000n * ONE }, parameters)).toEqual(scoreOf(state, parameters));
  });
});

describe('words', () => {
  const anyMeasurement = fc.record<Measurement>({ status: fc.constantFrom(0, 1, 2), perf: fc.nat(20000) });
  const anyScore = fc.record<Score>({ scoreBps: fc.nat(10000), status: fc.constantFrom(0, 1, 2, 3) });
  const sixty = { minLength: 60, maxLength: 60 };

  it('unpacks what was packed into words', () => {
    fc.assert(
      fc.property(fc.array(anyMeasurement, sixty), fc.array(anyScore, sixty), (measurements, scores) => {
        expect(unpackMeasurements(packMeasurements(measurements))).toEqual(measurements);
        expect(unpackScores(packScores(scores))).toEqual(scores);
      }),
    );
  });

  it('puts node 0 lowest, 14 measurements and 15 scores to a word', () => {
    const measurements = Array.from({ length: 60 }, (_, i) => (i === 15 ? pass(20000) : none));
    expect(packMeasurements(measurements)).toEqual([0n, (20000n + (2n << 15n)) << 17n, 0n, 0n, 0n]);
    const scores = Array.from(
      { length: 60 },
      (_, i): Score => (i === 16 ? { scoreBps: 1, status: 3 } : { scoreBps: 0, status: 0 }),
    );
    expect(packScores(scores)).toEqual([0n, (1n + (3n << 14n)) << 16n, 0n, 0n]);
  });

  it('refuses what does not fit into a word', () => {
    expect(() => packMeasurements([])).toThrow(RangeError);
    expect(() => unpackMeasurements([0n, 0n, 0n, 0n, 1n << 68n])).toThrow(RangeError);
    expect(() => unpackMeasurements([3n << 15n, 0n, 0n, 0n, 0n])).toThrow(RangeError);
    expect(() => unpackStates(Array.from({ length: 30 }, () => 1n << 190n))).toThrow(RangeError);
    expect(() => packStates(Array.from({ length: 60 }, () => ({ ...ZERO_STATE, idle: 256n })))).toThrow(RangeError);
  });
});

it('names the parameter outside its bounds', () => {
  expect(() => checkParameters(parameters)).not.toThrow();
  expect(() => checkParameters({ ...parameters, lambda: 65473n })).toThrow(/lambda/);
  expect(() => checkParameters({ ...parameters, quorum: 0n })).toThrow(/quorum/);
});
