import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TreeProver } from '../../node/backends/backend';
import { sleep } from '../../runtime/backoff';
import { provingInTurns } from './turns';

describe('proving in turns', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dpin-turns-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('lets two prove at a time and takes over from the dead', async () => {
    let proving = 0;
    let most = 0;
    const prover: TreeProver = {
      build: async () => ({
        commitment: new Uint8Array(32),
        prove: async (coins) => {
          most = Math.max(most, ++proving);
          await sleep(20);
          proving--;
          return coins;
        },
      }),
      close: async () => {},
    };
    writeFileSync(join(dir, 'turn-0'), '999999999');
    const shared = provingInTurns(prover, dir);
    const params = { task: 'tree', n: 6, w: 4, T: 0, K: 8, m: 0 } as const;
    const { signal } = new AbortController();
    const trees = await Promise.all(
      Array.from({ length: 5 }, () => shared.build({ taskSeed: new Uint8Array(32), params, signal })),
    );
    const coins = Uint8Array.of(7);
    expect(await Promise.all(trees.map((tree) => tree.prove(coins)))).toEqual(Array(5).fill(coins));
    expect(most).toBe(2);
  });
});
