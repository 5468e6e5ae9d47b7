import fc from 'fast-check';
import {
  deadlineMs,
  expectedMs,
  gemmOps,
  gemmPerfBps,
  HARDWARE_CLASSES,
  hardwareClass,
  measuredOpsPerMs,
  nextT,
  taskParams,
  taskPerfBps,
  treePermutations,
} from './classes';
import { ProtocolError } from './errors';
import { checkGemmParams } from './tasks/gemm';

const development = hardwareClass(0);
const consumer = hardwareClass(2);

describe('hardware classes', () => {
  it('have sizes that the gemm task accepts, and numbers without gaps', () => {
    HARDWARE_CLASSES.forEach((entry, id) => {
      expect(entry.id).toBe(id);
      checkGemmParams(taskParams(entry, 'gemm', null));
      expect(entry.tree.k).toBeGreaterThanOrEqual(8);
    });
    expect(() => hardwareClass(99)).toThrow(ProtocolError);
  });

  it('write the tree task in the fields of taskSeed', () => {
    expect(taskParams(development, 'tree', 5n)).toEqual({ task: 'tree', n: 6, w: 4, T: 0, K: 8, m: 0 });
  });
});

describe('T of the next task', () => {
  it("is the class's default at first, then follows the last rate within its bounds", () => {
    expect(nextT(consumer, null)).toBe(consumer.gemm.defaultT);
    expect(nextT(consumer, 0n)).toBe(2);
    expect(nextT(consumer, 1n << 80n)).toBe(4096);
    const layer = gemmOps({ n: 8192, w: 65536, T: 1 });
    expect(nextT(consumer, (layer * 100n) / 4000n + 1n)).toBe(100);
    expect(nextT(consumer, (layer * 100n) / 4000n - 1n)).toBe(99);
  });

  it('gives runs of the target time to any steady rate that the bounds allow', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 100_000_000_000n, max: 8_000_000_000_000n }), (rate) => {
        const T = nextT(consumer, rate);
        const ms = Number(gemmOps({ n: 8192, w: 65536, T }) / rate);
        expect(ms).toBeLessThanOrEqual(4000);
        expect(ms).toBeGreaterThan(2000);
      }),
    );
  });

  it('lets a development node at 40 % of the reference meet the deadline whatever its last rate was', () => {
    for (const lastOpsPerMs of [null, 0n, 500_000n, 2_000_000n, 60_000_000n, 1n << 60n]) {
      const params = taskParams(development, 'gemm', lastOpsPerMs);
      const ms = Number((gemmOps(params) * 10n) / (development.opsPerMs * 4n));
      expect(ms).toBeLessThanOrEqual(Math.max(6000, deadlineMs(development, params, lastOpsPerMs)));
    }
  });
});

describe('expected time and deadline', () => {
  it('are the time at the last rate or at the reference, and three times that but never under six seconds', () => {
    const params = { ...taskParams(consumer, 'gemm', null), T: 400 };
    expect(expectedMs(consumer, params, null)).toBe(Math.ceil(Number(gemmOps(params)) / 838_000_000_000));
    expect(expectedMs(consumer, params, 1_000_000_000_000n)).toBe(Math.ceil(Number(gemmOps(params)) / 1e12));
    expect(deadlineMs(consumer, params, 1_000_000_000_000n)).toBe(3 * expectedMs(consumer, params, 1_000_000_000_000n));
    expect(deadlineMs(consumer, { ...params, T: 2 }, null)).toBe(6000);
  });

  it('count permutations for the tree task', () => {
    expect(treePermutations(6)).toBe(4096n + 1024n + 256n + 64n + 16n + 4n + 1n);
    const params = taskParams(development, 'tree', null);
    expect(expectedMs(development, params, 77n)).toBe(Math.ceil(5461 / 2));
    expect(taskPerfBps(development, params, 2731)).toBe(9998);
  });
});

describe('performance', () => {
  const params = { task: 'gemm', n: 512, w: 512, T: 10, K: 64, m: 2 } as const;
  const ops = gemmOps(params);

  it('is 10000 at the reference, rounds down, and stops at 20000', () => {
    expect(gemmPerfBps(params, 1000, ops / 1000n)).toBe(10_000);
    expect(gemmPerfBps(params, 1001, ops / 1000n)).toBe(9990);
    expect(gemmPerfBps(params, 1, ops / 1000n)).toBe(20_000);
    expect(gemmPerfBps(params, 0, ops)).toBe(10_000);
    expect(gemmPerfBps(params, 2 ** 40, ops)).toBe(0);
    expect(() => gemmPerfBps(params, -1, 1n)).toThrow(ProtocolError);
  });

  it('never rises with time', () => {
    const ms = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(ms, ms, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(gemmPerfBps(params, less, 2_000_000n)).toBeGreaterThanOrEqual(gemmPerfBps(params, more, 2_000_000n));
        expect(measuredOpsPerMs(params, less)).toBeGreaterThanOrEqual(measuredOpsPerMs(params, more));
      }),
    );
  });
});
