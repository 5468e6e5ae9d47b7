import { ReferenceRun } from '../../../bench/fixtures/gemm-reference';
import { u32 } from '../../../protocol/bytes';
import { sha256 } from '../../../protocol/hash';
import type { TaskParams } from '../../../protocol/tasks';
import { verifyFirstSampleWhole, verifyGemmOpening } from '../../../protocol/tasks/gemm';
import type { BuiltTree, TaskInput, TreeProver } from '../backend';
import { createCpuBackend } from '.';

const params: TaskParams = { task: 'gemm', n: 64, w: 256, T: 4, K: 16, m: 2 };
const seedOf = (number: number) => sha256(u32(number));
const coins = seedOf(99);
const neverAborted = () => new AbortController().signal;

/** Stands in for the proof system, which has tests of its own: shows what it is asked and answers at once. */
class RecordingTreeProver implements TreeProver {
  readonly built: TaskInput[] = [];
  isClosed = false;

  async build(input: TaskInput): Promise<BuiltTree> {
    this.built.push(input);
    return { commitment: seedOf(7), prove: async (drawn) => drawn };
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

const treeProver = new RecordingTreeProver();
const backends = [1, 2].map((threads) => createCpuBackend({ threads, treeProver }));
afterAll(() => Promise.all(backends.map((backend) => backend.close())));

describe.each([
  [1, backends[0]!],
  [2, backends[1]!],
])('CPU backend with %i threads', (_, backend) => {
  it('commits to what the reference computes and opens it, run after run', async () => {
    for (const number of [1, 2]) {
      const taskSeed = seedOf(number);
      const run = await backend.run({ taskSeed, params, signal: neverAborted() });
      const reference = new ReferenceRun(taskSeed, params);
      expect(Buffer.compare(run.commitment, reference.commitment)).toBe(0);
      const opening = await run.open(coins);
      expect(Buffer.compare(opening, reference.open(coins))).toBe(0);
      const input = { taskSeed, commitment: run.commitment, coins, params, opening };
      expect(verifyGemmOpening(input)).toMatchObject({ code: 'OK' });
      expect(verifyFirstSampleWhole(input)).toMatchObject({ code: 'OK' });
    }
  });

  it('opens every run that is still held, in any order', async () => {
    const runs = [];
    for (const number of [3, 4, 5]) {
      runs.push(await backend.run({ taskSeed: seedOf(number), params, signal: neverAborted() }));
    }
    for (const [k, run] of [...runs.entries()].toReversed()) {
      const reference = new ReferenceRun(seedOf(3 + k), params).open(coins);
      expect(Buffer.compare(await run.open(coins), reference)).toBe(0);
    }
  });

  it('leaves a long task when it is aborted and takes the next one', async () => {
    const abort = new AbortController();
    // Hours of work: only an abort ends it.
    const long: TaskParams = { ...params, n: 2048, w: 65536, T: 512 };
    const work = backend.run({ taskSeed: seedOf(6), params: long, signal: abort.signal });
    setTimeout(() => abort.abort(new Error('deadline passed')), 100);
    await expect(work).rejects.toThrow('deadline passed');
    const run = await backend.run({ taskSeed: seedOf(6), params, signal: neverAborted() });
    expect(run.commitment).toHaveLength(32);
  });

  it('does not start what is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(backend.run({ taskSeed: seedOf(8), params, signal })).rejects.toThrow('too late');
  });

  it('names sizes that break the protocol', async () => {
    const broken = { ...params, n: 100 };
    await expect(backend.run({ taskSeed: seedOf(8), params: broken, signal: neverAborted() })).rejects.toThrow(
      'n = 100',
    );
    const run = await backend.run({ taskSeed: seedOf(8), params, signal: neverAborted() });
    expect(run.commitment).toHaveLength(32);
  });

  it('hands tree tasks to the prover', async () => {
    const tree: TaskParams = { task: 'tree', n: 6, w: 4, T: 0, K: 8, m: 0 };
    const input = { taskSeed: seedOf(9), params: tree, signal: neverAborted() };
    const run = await backend.run(input);
    expect(treeProver.built.at(-1)).toBe(input);
    expect(await run.open(coins)).toBe(coins);
  });
});

it('ends its threads and the prover when closed, and takes no more work', async () => {
  const prover = new RecordingTreeProver();
  const backend = createCpuBackend({ threads: 1, treeProver: prover });
  const run = await backend.run({ taskSeed: seedOf(1), params, signal: neverAborted() });
  const interrupted = backend.run({ taskSeed: seedOf(1), params: { ...params, T: 4096 }, signal: neverAborted() });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const outcome = expect(interrupted).rejects.toThrow();
  await backend.close();
  await outcome;
  expect(prover.isClosed).toBe(true);
  await expect(run.open(coins)).rejects.toThrow();
  await expect(backend.run({ taskSeed: seedOf(1), params, signal: neverAborted() })).rejects.toThrow('closed');
});
