import fc from 'fast-check';
import { ReferenceRun } from '../../../bench/fixtures/gemm-reference';
import { u32 } from '../../bytes';
import { ProtocolError } from '../../errors';
import { sha256 } from '../../hash';
import { merklePath, rootFromPath } from '../../merkle';
import { gemmCommitment, gemmCommitmentOver } from './commitment';
import { decodeGemmOpening, encodeGemmOpening, gemmOpeningBytes } from './opening';
import type { GemmParams } from './params';
import { gemmSamples, neededColumns, sampledTransitions } from './sampling';
import { type GemmVerdict, recomputeGemmColumn, verifyFirstSampleWhole, verifyGemmOpening } from './verify';

const params: GemmParams = { n: 64, w: 32, T: 5, K: 24, m: 2 };
const taskSeed = sha256(u32(1));
const coinsOf = (number: number) => sha256(u32(0xc0), u32(number));
const coins = coinsOf(0);
const madeUp = (t: number, j: number) => new Int8Array(64).fill(t * 7 + j);

const honest = new ReferenceRun(taskSeed, params);
const honestOpening = honest.open(coins);
const { commitment } = honest;

const verify = (run: ReferenceRun, coinsDrawn = coins): GemmVerdict =>
  verifyGemmOpening({
    taskSeed: run.taskSeed,
    commitment: run.commitment,
    coins: coinsDrawn,
    params: run.params,
    opening: run.open(coinsDrawn),
  });
const verifyBytes = (opening: Uint8Array): GemmVerdict =>
  verifyGemmOpening({ taskSeed, commitment, coins, params, opening });

/** Share of coins under which a run with K = 1 is caught: the detection of one sample. */
const caughtPerSample = (run: ReferenceRun, rounds = 200): number => {
  const verdicts = Array.from({ length: rounds }, (_, number) => verify(run, coinsOf(number)));
  return verdicts.filter(({ code }) => code === 'WRONG_RESULT').length / rounds;
};

describe('the commitment', () => {
  it.each([2, 3, 5, 8, 13])('is proven to hold one of %d roots by T, the root and its path', (T) => {
    const roots = Array.from({ length: T }, (_, t) => sha256(u32(t)));
    const all = gemmCommitment(Buffer.concat(roots));
    for (const [t, root] of roots.entries()) {
      const path = merklePath(roots, t);
      expect(gemmCommitmentOver(T, rootFromPath(root, t, T, path))).toEqual(all);
      expect(gemmCommitmentOver(T + 1, rootFromPath(root, t, T, path))).not.toEqual(all);
      expect(gemmCommitmentOver(T, rootFromPath(sha256(root), t, T, path))).not.toEqual(all);
    }
  });

  it('is over all roots in their order', () => {
    const roots = [0, 1, 2].map((t) => sha256(u32(t)));
    expect(gemmCommitment(Buffer.concat(roots))).not.toEqual(gemmCommitment(Buffer.concat(roots.toReversed())));
    expect(gemmCommitment(Buffer.concat(roots))).not.toEqual(gemmCommitment(Buffer.concat(roots.slice(0, 2))));
  });
});

describe('samples', () => {
  it('draws samples within the sizes, keeps duplicates, and asks for no more than three columns each', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.constantFrom(2, 3, 5, 48),
        fc.constantFrom(1, 2, 4),
        fc.constantFrom(16, 64),
        (number, T, m, w) => {
          const sizes = { n: 256, w, T, K: 64, m };
          const samples = gemmSamples(coinsOf(number), sizes);
          expect(samples).toHaveLength(64);
          for (const { t, j, rows, nextRows } of samples) {
            expect(t).toBeLessThan(T);
            expect(j).toBeLessThan(w);
            expect([rows.length, nextRows.length]).toEqual([m, m]);
            for (const row of [...rows, ...nextRows]) expect(row).toBeLessThan(256);
          }
          const needed = neededColumns(samples, sizes);
          expect(needed.length).toBeLessThanOrEqual(3 * 64);
          expect(needed.every(({ t }) => t >= 1 && t <= T)).toBe(true);
          const keys = needed.map(({ t, j }) => t * w + j);
          expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b));
        },
      ),
    );
  });

  it('checks two consecutive transitions a sample, the last followed by the first', () => {
    const sample = { t: 4, j: 3, rows: [1], nextRows: [2] };
    expect(sampledTransitions(sample, params)).toEqual([
      { t: 4, rows: [1] },
      { t: 0, rows: [2] },
    ]);
    expect(neededColumns([sample], params)).toEqual([
      { t: 1, j: 3 },
      { t: 4, j: 3 },
      { t: 5, j: 3 },
    ]);
    expect(neededColumns([{ ...sample, t: 0 }], params).map(({ t }) => t)).toEqual([1, 2]);
    expect(neededColumns([{ ...sample, t: 2 }], params).map(({ t }) => t)).toEqual([2, 3, 4]);
  });

  it('draws other samples for other coins', () => {
    expect(gemmSamples(coinsOf(1), params)).not.toEqual(gemmSamples(coinsOf(2), params));
    expect(gemmSamples(coinsOf(1), params)).toEqual(gemmSamples(coinsOf(1), params));
  });
});

describe('an honest run', () => {
  it.each([
    { n: 64, w: 16, T: 2, K: 8, m: 1 },
    { n: 64, w: 32, T: 3, K: 64, m: 4 },
    { n: 128, w: 16, T: 4, K: 16, m: 2 },
    { n: 256, w: 16, T: 2, K: 5, m: 3 },
  ])('accepts an honest run: %j', (sizes) => {
    const run = new ReferenceRun(sha256(u32(sizes.n)), sizes);
    for (let number = 0; number < 3; number++) {
      const verdict = verify(run, coinsOf(number));
      expect(verdict).toMatchObject({ code: 'OK', numbers: { samples: sizes.K, entries: 2 * sizes.m * sizes.K } });
    }
  });

  it('accepts an honest run with columns long enough to be hashed natively', () => {
    const sizes = { n: 2048, w: 16, T: 2, K: 2, m: 1 };
    expect(verify(new ReferenceRun(taskSeed, sizes)).code).toBe('OK');
  });

  it('recomputes an honest run column by column', () => {
    for (const [t, j] of [
      [1, 0],
      [3, 31],
      [5, 17],
    ] as const) {
      expect(Buffer.compare(recomputeGemmColumn(taskSeed, params, { t, j }), honest.column(t, j))).toBe(0);
    }
    expect(() => recomputeGemmColumn(taskSeed, params, { t: 6, j: 0 })).toThrow(RangeError);
    expect(() => recomputeGemmColumn(taskSeed, params, { t: 1, j: 32 })).toThrow(ProtocolError);
  });

  it('lets an honest run pass the backstop', () => {
    const input = { taskSeed, commitment, coins, params, opening: honestOpening };
    expect(verifyFirstSampleWhole(input)).toMatchObject({ code: 'OK' });
  });
});

describe('a cheat', () => {
  it('catches a cheat that skips a tenth of the columns', () => {
    const cheat = new ReferenceRun(taskSeed, { ...params, K: 64 }, (t, j, compute) =>
      j >= 29 ? madeUp(t, j) : compute(),
    );
    const verdicts = Array.from({ length: 10 }, (_, number) => verify(cheat, coinsOf(number)));
    expect(verdicts.every(({ code }) => code === 'WRONG_RESULT')).toBe(true);
    expect(verdicts[0]!.numbers).toMatchObject({ expected: expect.any(Number), found: expect.any(Number) });
  });

  it('is told which sampled entry was wrong: transition, column and row', () => {
    const cheat = new ReferenceRun(taskSeed, params, (t, j, compute) => (j >= 16 ? madeUp(t, j) : compute()));
    const { sample, numbers } = verify(cheat);
    const sampled = gemmSamples(coins, params).flatMap(({ j, ...rest }) =>
      sampledTransitions({ j, ...rest }, params).flatMap(({ t, rows }) => rows.map((i) => ({ t, j, i }))),
    );
    expect(sampled).toContainEqual(sample);
    expect(sample!.j).toBeGreaterThanOrEqual(16);
    expect(cheat.column(sample!.t + 1, sample!.j)[sample!.i]).toBe(numbers['found']);
    expect(verify(honest).sample).toBeUndefined();
  });

  it('gives nothing for free to a cheat that makes up alternate layers of some columns', () => {
    const even = { ...params, T: 6, K: 1 };
    const share = 8 / 32;
    const cheat = new ReferenceRun(taskSeed, even, (t, j, compute) => (j < 8 && t % 2 ? madeUp(t, j) : compute()));
    expect(caughtPerSample(cheat)).toBeGreaterThan(share * 0.8);
  });

  it('catches a cheat that makes up the first layer from both ends of the cycle', () => {
    const cheat = new ReferenceRun(taskSeed, { ...params, K: 1 }, (t, j, compute) =>
      t === 1 ? madeUp(t, j) : compute(),
    );
    const caught = caughtPerSample(cheat);
    expect(caught).toBeGreaterThan((2 / params.T) * 0.8);
    expect(caught).toBeLessThan((2 / params.T) * 1.2);
  });

  it('catches a cheat that ran another task', () => {
    const verdict = verifyGemmOpening({
      taskSeed: sha256(u32(2)),
      commitment,
      coins,
      params,
      opening: honestOpening,
    });
    expect(verdict.code).toBe('WRONG_RESULT');
  });

  it('catches by the backstop a cheat that changes one entry where no row is sampled', () => {
    const first = gemmSamples(coins, params)[0]!;
    const t = first.t === 0 ? 2 : first.t;
    const sampled = new Set(gemmSamples(coins, params).flatMap(({ rows, nextRows }) => [...rows, ...nextRows]));
    const row = Array.from({ length: 64 }, (_, i) => i).find((i) => !sampled.has(i));
    const bent = new ReferenceRun(taskSeed, params);
    bent.layers[t]![first.j] = bent.layers[t]![first.j]!.slice();
    bent.layers[t]![first.j]![row ?? 0]! ^= 1;
    const input = { taskSeed, commitment: bent.commitment, coins, params, opening: bent.open(coins) };
    const verdict = verifyFirstSampleWhole(input);
    expect(verdict).toMatchObject({ code: 'WRONG_RESULT', numbers: { t, j: first.j } });
    expect(verdict.sample).toBeUndefined();
  });
});

describe('a tampered opening', () => {
  const needed = neededColumns(gemmSamples(coins, params), params);

  it('calls an opening BAD_OPENING wherever a bit is changed', () => {
    fc.assert(
      fc.property(fc.nat(honestOpening.length * 8 - 1), (bit) => {
        const bent = honestOpening.slice();
        bent[bit >> 3]! ^= 1 << (bit & 7);
        expect(verifyBytes(bent).code).toBe('BAD_OPENING');
      }),
      { numRuns: 300 },
    );
  });

  it('calls an opening BAD_OPENING with its columns or paths exchanged', () => {
    const { roots, columns } = decodeGemmOpening(honestOpening, params, needed)!;
    const swapped = [columns[1]!, columns[0]!, ...columns.slice(2)];
    expect(verifyBytes(encodeGemmOpening({ roots, columns: swapped }, params)).code).toBe('BAD_OPENING');
    const paths = columns.map((column, k) => ({ ...column, path: columns[(k + 1) % columns.length]!.path }));
    expect(verifyBytes(encodeGemmOpening({ roots, columns: paths }, params)).code).toBe('BAD_OPENING');
  });

  it('calls an opening BAD_OPENING when it answers other coins', () => {
    const other = honest.open(coinsOf(1));
    expect(verifyBytes(other).code).toBe('BAD_OPENING');
  });

  it('calls an opening WRONG_RESULT when the node commits to the change', () => {
    const bent = new ReferenceRun(taskSeed, params, (t, j, compute) => {
      const column = compute();
      if (t === 3) column[j]! ^= 1;
      return column;
    });
    // One entry of each column of X_3 is off: some coins find one, others none.
    const codes = Array.from({ length: 40 }, (_, number) => verify(bent, coinsOf(number)).code);
    expect(new Set(codes)).toEqual(new Set(['OK', 'WRONG_RESULT']));
  });

  it('never throws at an opening of any length and any bytes', () => {
    const length = honestOpening.length;
    const lengths = [0, 1, 31, 32 * params.T, length - 1, length + 1, gemmOpeningBytes(params), 2 * length];
    for (const size of lengths) {
      expect(verifyBytes(new Uint8Array(size)).code).toBe('BAD_OPENING');
      expect(verifyBytes(Buffer.concat([honestOpening, new Uint8Array(length)]).subarray(0, size)).code).toBe(
        'BAD_OPENING',
      );
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expect(verifyBytes(bytes).code).toBe('BAD_OPENING');
      }),
    );
  });

  it('reads an opening from any place in a larger buffer', () => {
    const within = Buffer.concat([Buffer.alloc(13), honestOpening, Buffer.alloc(5)]);
    expect(verifyBytes(within.subarray(13, 13 + honestOpening.length)).code).toBe('OK');
  });

  it('never opens with more than the announced bytes', () => {
    expect(honestOpening.length).toBeLessThanOrEqual(gemmOpeningBytes(params));
    expect(gemmOpeningBytes({ n: 4096, w: 65536, T: 10, K: 64, m: 2 })).toBe(320 + 192 * (4096 + 512));
  });
});

describe('sizes', () => {
  it.each([
    { n: 100 },
    { n: 32 },
    { n: 131_072 },
    { w: 8 },
    { w: 48 },
    { T: 1 },
    { T: 4097 },
    { T: 2.5 },
    { K: 0 },
    { m: 0 },
    { m: 17 },
  ])('refuses the sizes %j', (change) => {
    expect(() => gemmSamples(coins, { ...params, ...change })).toThrow(ProtocolError);
  });
});
