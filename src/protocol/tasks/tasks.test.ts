import fc from 'fast-check';
import { uintBytes } from '../bytes';
import { HARDWARE_CLASSES, hardwareClass } from '../classes';
import { ProtocolError } from '../errors';
import {
  deadlineMs,
  drawTask,
  expectedMs,
  measuredRate,
  parseTaskParams,
  perfBps,
  TASK_NAMES,
  TASKS,
  type TaskParams,
  taskParams,
} from '.';

const development = hardwareClass(0);
const consumer = hardwareClass(2);
const { gemm, tree } = TASKS;

describe.each(TASK_NAMES)('task %s', (name) => {
  it('has sizes of its own that pass its check, in every class', () => {
    for (const hardware of HARDWARE_CLASSES) {
      const params = taskParams(hardware, name, null);
      expect(parseTaskParams(name, TASKS[name].sizes(hardware, null))).toEqual(params);
      expect(TASKS[name].work(params)).toBeGreaterThan(0n);
      expect(TASKS[name].maxOpeningBytes(params)).toBeLessThan(2 ** 32);
      expect(params.K).toBeGreaterThanOrEqual(8);
    }
  });

  it('has a number that no other task has', () => {
    expect(TASK_NAMES.filter((other) => TASKS[other].id === TASKS[name].id)).toEqual([name]);
  });
});

describe('the draw of a task', () => {
  const shares = TASK_NAMES.map((name) => TASKS[name].share);
  const sum = shares.reduce((a, b) => a + b);
  const drawn = (seed: number) => drawTask(uintBytes(seed, 32));

  it('gives each task its share of the seeds, gemm three times that of tree', () => {
    const seeds = Array.from({ length: sum }, (_, seed) => 7 * sum + seed);
    expect(TASK_NAMES.map((name) => seeds.filter((seed) => drawn(seed) === name).length)).toEqual(shares);
    expect([gemm.share, tree.share]).toEqual([3, 1]);
  });

  it('gives the least remainders to the last task: of gemm and tree, multiples of four to tree', () => {
    expect([0, sum].map(drawn)).toEqual([TASK_NAMES.at(-1), TASK_NAMES.at(-1)]);
    expect([sum - 1, 2 * sum - 1].map(drawn)).toEqual(['gemm', 'gemm']);
  });
});

describe('parameters from outside', () => {
  const sizes = { n: 64, w: 32, T: 5, K: 24, m: 2 };

  it('reads parameters in any order of their keys and gives them in that of the protocol', () => {
    const { K, T, m, n, w } = sizes;
    expect(JSON.stringify(parseTaskParams('gemm', { K, T, m, n, w }))).toBe(JSON.stringify({ task: 'gemm', ...sizes }));
  });

  it.each([
    ['toString', sizes],
    ['gemm', null],
    ['gemm', { ...sizes, n: '64' }],
    ['gemm', { ...sizes, n: 100 }],
    ['gemm', { ...sizes, more: 1 }],
    ['gemm', { n: 64, w: 32, T: 5, K: 24 }],
    ['gemm', { ...sizes, m: 256 }],
    ['tree', { n: 13, w: 4, T: 0, K: 8, m: 0 }],
  ])('refuses wrong parameters: %s %j', (task, value) => {
    expect(() => parseTaskParams(task, value)).toThrow(ProtocolError);
  });
});

describe('T of the next gemm task', () => {
  const nextT = (lastRate: bigint | null) => taskParams(consumer, 'gemm', lastRate).T;
  const layerOps = gemm.work({ ...taskParams(consumer, 'gemm', null), T: 1 });

  it("starts with the class's default, then follows the last rate within its bounds", () => {
    expect(nextT(null)).toBe(32);
    expect(nextT(0n)).toBe(2);
    expect(nextT(1n << 80n)).toBe(4096);
    expect(nextT((layerOps * 100n) / 4000n + 1n)).toBe(100);
    expect(nextT((layerOps * 100n) / 4000n - 1n)).toBe(99);
  });

  it('gives runs of the target time to any steady rate that the bounds allow', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 100_000_000_000n, max: 8_000_000_000_000n }), (rate) => {
        const ms = Number(gemm.work(taskParams(consumer, 'gemm', rate)) / rate);
        expect(ms).toBeLessThanOrEqual(4000);
        expect(ms).toBeGreaterThan(2000);
      }),
    );
  });

  it('lets a development node at 40 % of the reference meet the deadline whatever its last rate was', () => {
    for (const lastRate of [null, 0n, 500_000n, 2_000_000n, 60_000_000n, 1n << 60n]) {
      const params = taskParams(development, 'gemm', lastRate);
      const ms = Number((gemm.work(params) * 10n) / (gemm.referenceRate(development) * 4n));
      expect(ms).toBeLessThanOrEqual(deadlineMs(development, params, lastRate));
    }
  });
});

describe('expected time and deadline', () => {
  it('expects the time at the last rate or the reference, and allows three times that but at least six seconds', () => {
    const params = { ...taskParams(consumer, 'gemm', null), T: 400 };
    const ops = Number(gemm.work(params));
    expect(expectedMs(consumer, params, null)).toBe(Math.ceil(ops / 838_000_000_000));
    expect(expectedMs(consumer, params, 0n)).toBe(Math.ceil(ops / 838_000_000_000));
    expect(expectedMs(consumer, params, 1_000_000_000_000n)).toBe(Math.ceil(ops / 1e12));
    expect(deadlineMs(consumer, params, 1_000_000_000_000n)).toBe(3 * Math.ceil(ops / 1e12));
    expect(deadlineMs(consumer, { ...params, T: 2 }, null)).toBe(6000);
  });

  it('counts permutations for the tree task, at the reference whatever the last rate was', () => {
    const params = taskParams(development, 'tree', 5n);
    expect(params).toEqual({ task: 'tree', n: 6, w: 4, T: 0, K: 8, m: 0 });
    expect(tree.work(params)).toBe(4096n + 1024n + 256n + 64n + 16n + 4n + 1n);
    expect(expectedMs(development, params, 77n)).toBe(Math.ceil(5461 / 2));
    expect(perfBps(development, params, 2731)).toBe(9998);
  });
});

describe('performance', () => {
  // 2 · 512² · 512 · 10 operations at 2,000,000 per ms are 1342.17728 ms.
  const params: TaskParams = { task: 'gemm', n: 512, w: 512, T: 10, K: 64, m: 2 };

  it('measures 10000 at the reference, rounds down, and stops at 20000', () => {
    expect(perfBps(development, params, 1342)).toBe(10_001);
    expect(perfBps(development, params, 1343)).toBe(9993);
    expect(perfBps(development, params, 1)).toBe(20_000);
    expect(perfBps(development, params, 0)).toBe(20_000);
    expect(perfBps(development, params, 2 ** 40)).toBe(0);
    expect(() => perfBps(development, params, -1)).toThrow(ProtocolError);
    expect(measuredRate(params, 0)).toBe(gemm.work(params));
    expect(measuredRate(params, 1000)).toBe(2_684_354n);
  });

  it('never measures more for a longer time', () => {
    const ms = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(ms, ms, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(perfBps(development, params, less)).toBeGreaterThanOrEqual(perfBps(development, params, more));
        expect(measuredRate(params, less)).toBeGreaterThanOrEqual(measuredRate(params, more));
      }),
    );
  });
});
