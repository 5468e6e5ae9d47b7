import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hardwareClass } from '../../protocol/classes';
import { epochMeasurement, type RoundOutcome } from '../../protocol/measurement';
import { type NodeState, ZERO_STATE } from '../../protocol/scoring/state';
import {
  combineMeasurements,
  nextState,
  reliabilityBps,
  type ScoreParameters,
  scoreOf,
} from '../../protocol/scoring/step';
import { SCORE_STATUSES } from '../../protocol/scoring/words';
import { perfBps } from '../../protocol/tasks';
import type { VerdictCode } from '../../protocol/verdicts';
import { PROJECT_ROOT } from '../../runtime/project';

const page = readFileSync(join(PROJECT_ROOT, 'docs', 'protocol', 'worked-score.md'), 'utf8');
const parameters = parametersOnPage();
const measured = roundsOnPage().map(epochMeasurement);

describe('the worked score', () => {
  it('works out every sum on the page to what stands there', () => {
    const sums = [...page.matchAll(/^\S+ = (.+)$/gm)].map(([, sum]) => sum!);
    expect(sums.length).toBeGreaterThan(15);
    for (const sum of sums) {
      const [first, ...others] = sum.split(' = ').map(evaluate);
      for (const other of others) expect({ sum, value: other }).toEqual({ sum, value: first });
    }
  });

  it('measures runs as the oracle does', () => {
    const gemm = { task: 'gemm', n: 512, w: 512, T: 8, K: 64, m: 2 } as const;
    const tree = { task: 'tree', n: 6, w: 4, T: 0, K: 8, m: 0 } as const;
    const values = [perfBps(hardwareClass(0), gemm, 1250), perfBps(hardwareClass(0), tree, 2900)];
    expect([...page.matchAll(/^perfBps = .* = (\d+)$/gm)].map(([, value]) => Number(value))).toEqual(values);
  });

  it('sums up rounds as the oracle does', () => {
    const rows = [...page.matchAll(/\| (pass|fail|none) \| (\d+) \|$/gm)];
    const names = ['none', 'fail', 'pass'];
    expect(rows.map(([, status, perf]) => [status, Number(perf)])).toEqual(
      measured.map(({ status, perf }) => [names[status], perf]),
    );
  });

  it('moves state and score as the oracle does', () => {
    const sections = page.split('\n### ').slice(1);
    expect(sections).toHaveLength(measured.length);
    let state: NodeState = ZERO_STATE;
    sections.forEach((section, epoch) => {
      state = nextState(state, combineMeasurements([measured[epoch]!], Number(parameters.quorum)), parameters);
      const { scoreBps, status } = scoreOf(state, parameters);
      const result = (name: string) => new RegExp(`^${name} = .*?(\\d+)$`, 'm').exec(section)?.[1];
      expect({
        alpha: result("α'"),
        beta: result("β'"),
        perf: result("perf'"),
        reliability: result('reliability'),
        score: result('score'),
        status: /status (?:is|stays) \*(\w+)\*/.exec(section)?.[1],
      }).toEqual({
        alpha: String(state.alpha),
        beta: String(state.beta),
        perf: String(state.perf),
        reliability: String(reliabilityBps(state, parameters)),
        score: String(scoreBps),
        status: SCORE_STATUSES[status],
      });
    });
  });

  it('says truly that one more pass makes the node established', () => {
    let state: NodeState = ZERO_STATE;
    for (const measurement of [...measured, measured[2]!]) {
      state = nextState(state, combineMeasurements([measurement], 1), parameters);
    }
    expect(scoreOf(state, parameters).status).toBe(2);
  });
});

/** The row of parameters, without the fixed point's denominators. */
function parametersOnPage(): ScoreParameters {
  const row = page.split('\n').find((line) => line.includes('/ 2^16 |'));
  const [lambda, eta, failWeight, priorWeight, quorum, maxIdle, establishedAt] = row!
    .replaceAll('/ 2^16', '')
    .match(/\d+/g)!
    .map(BigInt) as [bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  return { lambda, eta, failWeight, priorWeight, quorum, maxIdle, establishedAt };
}

/** The table of rounds: an epoch a row. */
function roundsOnPage(): RoundOutcome[][] {
  const rows = page.split('\n').filter((line) => /^\| \d+ \| `/.test(line));
  return rows.map((row) =>
    [...row.matchAll(/`(\w+)` (\d+)/g)].map(([, code, perfBps]) => ({
      code: code as VerdictCode,
      perfBps: Number(perfBps),
    })),
  );
}

/** Value of a sum in the page's notation; all its quotients are of positive numbers. */
function evaluate(sum: string): bigint {
  const script = sum
    .replaceAll(/[⌊⌋]/g, (bracket) => (bracket === '⌊' ? '(' : ')'))
    .replaceAll('·', '*')
    .replaceAll('−', '-')
    .replaceAll('^', '**')
    .replaceAll(/\d+/g, '$&n');
  return new Function('min', `return ${script}`)((a: bigint, b: bigint) => (a < b ? a : b));
}
