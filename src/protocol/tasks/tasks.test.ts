import fc from 'fast-check';
import { uintBytes } from '../bytes';
import { HARDWARE_CLASSES, type HardwareClass, hardwareClass } from '../classes';
import { ProtocolError } from '../errors';
import {
  challengeBoundsProblem,
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

const anyClass = fc.constantFrom(...HARDWARE_CLASSES);
const anyRate = fc.oneof(
  fc.constantFrom(null, 0n, 1n, 10n ** 18n, 1n << 80n),
  fc.bigInt({ min: 1n, max: 10n ** 18n }),
  // Around the references, where bounds change.
  fc.bigInt({ min: 1n, max: 20_000_000_000_000n }),
);
/** Milliseconds of the work at 1/`divisor` of the reference rate, rounded up. */
const msAtShare = (hardware: HardwareClass, params: TaskParams, divisor: bigint) => {
  const reference = TASKS[params.task].referenceRate(hardware);
  return Number((divisor * TASKS[params.task].work(params) + reference - 1n) / reference);
};

describe('T of the next gemm task', () => {
  const nextT = (lastRate: bigint | null) => taskParams(consumer, 'gemm', lastRate).T;
  const layerOps = gemm.work({ ...taskParams(consumer, 'gemm', null), T: 1 });

  it("starts with the class's default, then follows the last rate within its bounds", () => {
    expect(nextT(null)).toBe(32);
    expect(nextT(0n)).toBe(2);
    expect(nextT(1n << 80n)).toBe(381);
    expect(nextT((layerOps * 100n) / 4000n + 1n)).toBe(100);
    expect(nextT((layerOps * 100n) / 4000n - 1n)).toBe(99);
  });

  it('goes up to what a quarter of the reference rate finishes in the window, and no further', () => {
    for (const hardware of HARDWARE_CLASSES) {
      const params = taskParams(hardware, 'gemm', 10n ** 18n);
      expect(msAtShare(hardware, params, 4n)).toBeLessThanOrEqual(hardware.commitWindowMs);
      expect(msAtShare(hardware, { ...params, T: params.T + 1 }, 4n)).toBeGreaterThan(hardware.commitWindowMs);
    }
  });

  it('gives runs of the target time to any steady rate up to the reference', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 100_000_000_000n, max: 838_000_000_000n }), (rate) => {
        const ms = Number(gemm.work(taskParams(consumer, 'gemm', rate)) / rate);
        expect(ms).toBeLessThanOrEqual(4000);
        expect(ms).toBeGreaterThan(2000);
      }),
    );
  });
});

describe('the commit window', () => {
  it('holds gemm at a quarter of the reference rate, whatever the last rate was', () => {
    fc.assert(
      fc.property(anyClass, anyRate, (hardware, lastRate) => {
        const params = taskParams(hardware, 'gemm', lastRate);
        expect(msAtShare(hardware, params, 4n)).toBeLessThanOrEqual(hardware.commitWindowMs);
      }),
    );
  });

  it('holds tree, whose size nothing can change, at a quarter of the reference rate', () => {
    for (const hardware of HARDWARE_CLASSES) {
      const params = taskParams(hardware, 'tree', null);
      expect(msAtShare(hardware, params, 4n)).toBeLessThanOrEqual(deadlineMs(hardware, params, null));
    }
  });

  it('is never passed by a deadline, nor does a deadline fall below the shortest, whatever the last rate was', () => {
    fc.assert(
      fc.property(anyClass, fc.constantFrom(...TASK_NAMES), anyRate, (hardware, task, lastRate) => {
        const ms = deadlineMs(hardware, taskParams(hardware, task, lastRate), lastRate);
        expect(ms).toBeLessThanOrEqual(hardware.commitWindowMs);
        expect(ms).toBeGreaterThanOrEqual(hardware.minDeadlineMs);
      }),
    );
  });

  it('leaves a node of a quarter of the reference rate in time for its next task', () => {
    for (const hardware of HARDWARE_CLASSES) {
      const rate = gemm.referenceRate(hardware) / 4n;
      const params = taskParams(hardware, 'gemm', rate);
      expect(expectedMs(hardware, params, rate)).toBeLessThanOrEqual(deadlineMs(hardware, params, rate));
    }
  });
});

describe('what a class may be asked', () => {
  it('allows whatever the protocol asks, of any class, at any last rate', () => {
    fc.assert(
      fc.property(anyClass, fc.constantFrom(...TASK_NAMES), anyRate, (hardware, task, lastRate) => {
        const params = taskParams(hardware, task, lastRate);
        expect(challengeBoundsProblem(hardware, params, deadlineMs(hardware, params, lastRate))).toBeNull();
      }),
    );
  });

  const asked = taskParams(development, 'gemm', null);
  const treeAsked = taskParams(development, 'tree', null);
  it.each<[string, TaskParams, number]>([
    ['n = 1024 is asked, gemm in class development has n = 512', { ...asked, n: 1024 }, 6000],
    ['w = 256 is asked, gemm in class development has w = 512', { ...asked, w: 256 }, 6000],
    ['K = 65 is asked, gemm in class development has K = 64', { ...asked, K: 65 }, 6000],
    ['m = 1 is asked, gemm in class development has m = 2', { ...asked, m: 1 }, 6000],
    ['T = 21 is asked, gemm in class development has T in 2..20', { ...asked, T: 21 }, 6000],
    ['T = 1 is asked, gemm in class development has T in 2..20', { ...asked, T: 1 }, 6000],
    ['n = 10 is asked, tree in class development has n = 6', { ...treeAsked, n: 10 }, 6000],
    ['T = 1 is asked, tree in class development has T in 0..0', { ...treeAsked, T: 1 }, 6000],
    ['deadlineMs = 5999 is given, class development has 6000..11000', asked, 5999],
    ['deadlineMs = 11001 is given, class development has 6000..11000', asked, 11_001],
    ['deadlineMs = NaN is given, class development has 6000..11000', asked, Number.NaN],
  ])('refuses a challenge: %s', (problem, params, ms) => {
    expect(challengeBoundsProblem(development, params, ms)).toBe(problem);
  });

  it('refuses sizes of another class', () => {
    const params = taskParams(consumer, 'gemm', null);
    expect(challengeBoundsProblem(consumer, params, 16_000)).toBeNull();
    expect(challengeBoundsProblem(hardwareClass(3), params, 16_000)).toMatch(/^n = 8192 is asked/);
  });
});

describe('expected time and deadline', () => {
  it('allows three times the run at the last rate, four times that at the reference, within the window', () => {
    const params = { ...taskParams(consumer, 'gemm', null), T: 300 };
    const ops = Number(gemm.work(params));
    expect(expectedMs(consumer, params, null)).toBe(Math.ceil(ops / 838_000_000_000));
    expect(expectedMs(consumer, params, 0n)).toBe(Math.ceil(ops / 838_000_000_000));
    expect(expectedMs(consumer, params, 1_000_000_000_000n)).toBe(Math.ceil(ops / 1e12));
    expect(deadlineMs(consumer, params, 1_000_000_000_000n)).toBe(3 * Math.ceil(ops / 1e12));
    expect(deadlineMs(consumer, params, null)).toBe(4 * Math.ceil(ops / 838_000_000_000));
    expect(deadlineMs(consumer, { ...params, T: 2 }, null)).toBe(6000);
    expect(deadlineMs(consumer, params, 1n)).toBe(16_000);
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
