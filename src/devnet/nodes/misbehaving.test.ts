import { randomBytes } from 'node:crypto';
import type { Backend, TreeProver } from '../../node/backends/backend';
import { createCpuBackend } from '../../node/backends/cpu';
import type { TaskParams } from '../../protocol/tasks';
import { verifyGemmOpening } from '../../protocol/tasks/gemm';
import { replaying, silent, slow } from './misbehaving';
import { createSkippingBackend } from './skip';

const params: TaskParams = { task: 'gemm', n: 64, w: 128, T: 3, K: 64, m: 1 };
const noTrees: TreeProver = {
  build: () => Promise.reject(new Error('no tree was asked for')),
  close: async () => {},
};
const signal = () => new AbortController().signal;

async function verdictOf(backend: Backend): Promise<string> {
  const taskSeed = randomBytes(32);
  const coins = randomBytes(32);
  const run = await backend.run({ taskSeed, params, signal: signal() });
  const opening = await run.open(coins);
  return verifyGemmOpening({ taskSeed, commitment: run.commitment, coins, params, opening }).code;
}

describe('nodes that misbehave', () => {
  let honest: Backend;
  beforeEach(() => {
    honest = createCpuBackend({ threads: 1, treeProver: noTrees });
  });
  afterEach(() => honest.close());

  it('catches a node that skips a tenth though it is consistent with its commitment', async () => {
    expect(await verdictOf(honest)).toBe('OK');
    const cheat = createSkippingBackend(noTrees);
    expect(await verdictOf(cheat)).toBe('WRONG_RESULT');
    await cheat.close();
  });

  it('shows the first commitment for every seed when it replays', async () => {
    const cheat = replaying(honest);
    const first = await cheat.run({ taskSeed: randomBytes(32), params, signal: signal() });
    const second = await cheat.run({ taskSeed: randomBytes(32), params, signal: signal() });
    expect(second.commitment).toEqual(first.commitment);
  });

  it('takes longer than the reference of its class when it is slow', async () => {
    // 2 · 512² · 512 · 2 operations take 268 ms at the class's 2,000,000 per ms, and 537 at half of that.
    const sized: TaskParams = { task: 'gemm', n: 512, w: 512, T: 2, K: 32, m: 2 };
    const startedAt = performance.now();
    await slow(honest).run({ taskSeed: randomBytes(32), params: sized, signal: signal() });
    expect(performance.now() - startedAt).toBeGreaterThan(300);
  });

  it('ends only when it is told to when it is silent', async () => {
    const stopping = new AbortController();
    const run = silent(honest).run({ taskSeed: randomBytes(32), params, signal: stopping.signal });
    stopping.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
  });
});
